// run: scan --platform linux-arm64 --fail-on never $file -- --target=aarch64-linux-gnu -O2
/* No call pushes a return address here: a leaf that saves nothing takes no stack. */
void sink(char *p);

int leaf(int a) // frame: 0 fixed
{
	return a + 1;
}

void buffer(void) // frame: 8016..8112 fixed; expect: frame-limit
{
	char b[8000]; // expect: large-local

	sink(b);
}
