// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// stdout-has: 1 unit: 1 measured, 0 estimated, 0 failed
// expect-none
/* The smallest frame there is: the return address that the call pushed. */
int leaf(int a) // frame: 8 fixed; depth: 8 exact
{
	return a + 1;
}
