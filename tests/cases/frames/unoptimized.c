// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O0
// expect-none
/* At -O0 two buffers that never live at the same time still take room for both. */
void sink(char *p);

void both(int which) // frame: 616..680 fixed
{
	if (which) {
		char a[300];

		sink(a);
	} else {
		char b[300];

		sink(b);
	}
}
