// run: scan --platform linux-x86_64 --budget 1% $file -- --target=x86_64-linux-gnu -O2
// exit: 1
/* One percent of 16 KiB is 163 bytes. */
void sink(char *p);

void entry(void) // frame: 208..240; expect: path-budget
{
	char b[200];

	sink(b);
}
