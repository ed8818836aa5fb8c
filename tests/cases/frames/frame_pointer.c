// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2 -fno-omit-frame-pointer -mno-red-zone
// expect-none
/* With a frame pointer and a realigned stack the loss by alignment is counted at its worst. */
void sink(void *p);

void realigned(void) // frame: 144..248
{
	char b[100] __attribute__((aligned(64)));

	sink(b);
}
