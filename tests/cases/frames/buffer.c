// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* Return address, buffer, and what the ABI adds to align it; never less than the buffer. */
void sink(char *p);

void buffer(void) // frame: 208..232 fixed; depth: 208..240 at-least
{
	char b[200];

	sink(b);
}
