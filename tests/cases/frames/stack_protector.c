// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2 -fstack-protector-all
// expect-none
/* The build's own flags count: the protector's cookie is part of the frame. */
void sink(char *p);

void guarded(void) // frame: 120..136 fixed
{
	char b[100];

	sink(b);
}
