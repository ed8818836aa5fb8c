// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2 -mno-red-zone
// expect-none
/* Each call has a depth of its own: the early one is made before the big buffer is there. */
void sink(char *p);

__attribute__((noinline)) int early(int n) // frame: 8; depth: 8 exact
{
	return n * 7 % 13;
}

__attribute__((noinline)) int late(char *p) // frame: 8; depth: 8 exact
{
	return p[0] + p[99];
}

int both(int n) // frame: 116..152
{
	char b[100];

	if (early(n))
		return 0;
	sink(b);
	return late(b);
}
