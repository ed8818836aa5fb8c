// run: scan --platform linux-i386 $file -- --target=i386-linux-gnu -O2
// expect-none
/* Arguments pushed for a call are part of the frame; compilers' own reports leave them out. */
int twelve(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l);

int caller(void) // frame: 64 fixed
{
	return twelve(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) + 1; // call: twelve direct
}
