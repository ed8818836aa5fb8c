// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* At -O2 the same two buffers share their room: the machine code is believed, not the source. */
void sink(char *p);

void both(int which) // frame: 308..360 fixed
{
	if (which) {
		char a[300];

		sink(a);
	} else {
		char b[300];

		sink(b);
	}
}
