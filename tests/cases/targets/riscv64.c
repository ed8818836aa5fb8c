// run: scan --platform linux-riscv64 --fail-on never $file -- --target=riscv64-linux-gnu -march=rv64gc -O2
// expect-none
void sink(char *p);

int leaf(int a) // frame: 0 fixed
{
	return a + 1;
}

void buffer(void) // frame: 208..240 fixed
{
	char b[200];

	sink(b);
}
