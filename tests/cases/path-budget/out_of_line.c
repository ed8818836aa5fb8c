// run: scan --platform linux-x86_64 --budget 900 $file -- --target=x86_64-linux-gnu -O2 -mno-red-zone
// exit: 1
// stdout-has: Keep report (
/* The helper's buffer is in the frame although the path leads past it: nothing needs to be allocated. */
void sink(char *p);
int print(char *p, int n);

__attribute__((always_inline)) static inline int report(int n)
{
	char line[500];

	return print(line, n);
}

__attribute__((noinline)) static int leaf(void)
{
	char b[480];

	sink(b);
	return b[1];
}

int entry(int n) // expect: path-budget
{
	n += report(n);
	return leaf() + n;
}
