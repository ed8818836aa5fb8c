// run: scan $dir/parts/absent.c -- --target=x86_64-linux-gnu
// exit: 3
// stderr-has: absent.c
int f(void);
