// run: scan --strict --platform linux-x86_64 $file $dir/parts/broken.c -- --target=x86_64-linux-gnu -O2
// expect-elsewhere: unmeasured
// exit: 2
// stdout-has: 1 measured, 1 estimated
/* The same run is incomplete under --strict. */
int fine(void)
{
	return 1;
}
