// run: scan --platform linux-x86_64 --budget 1000 $file -- --target=x86_64-linux-gnu -O2 -mno-red-zone
// expect-none
void sink(char *p);

__attribute__((noinline)) static int middle(void) // frame: 408..450
{
	char b[400];

	sink(b);
	return b[3];
}

int entry(void) // depth: 800..999
{
	char b[400];

	sink(b);
	return middle() + b[2];
}
