// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* Not on the stack: a static buffer, and one that the compiler removed. */
void sink(char *p);

int fine(int n)
{
	static char kept[4096];
	char gone[4096];

	gone[0] = (char)n;
	sink(kept);
	return gone[0];
}
