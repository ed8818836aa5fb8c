// run: scan --budget none $file -- --target=x86_64-linux-gnu
// exit: 3
// stderr-has: budget
int f(void);
