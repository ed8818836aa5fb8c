// run: scan --platform linux-x86_64 $file $dir/parts/broken.c -- --target=x86_64-linux-gnu -O2
// expect-elsewhere: unmeasured
// exit: 0
// stdout-has: 2 units: 1 measured, 1 estimated, 0 failed
// stdout-has: 'absent.h' file not found
/* One unit that does not compile never stops the run; it is named. */
int fine(void)
{
	return 1;
}
