// run: scan --platform linux-x86_64 --budget 1300 $file -- --target=x86_64-linux-gnu -O2 -mno-red-zone
// exit: 1
// stdout-has: Move deep of leaf (char[490],
/* One variable is enough, the largest one of the path; that of the short way is no matter. */
void sink(char *p);

__attribute__((noinline)) static int leaf(void)
{
	char deep[490];

	sink(deep);
	return deep[1];
}

__attribute__((noinline)) static int flat(void)
{
	char side[500];

	sink(side);
	return side[1];
}

__attribute__((noinline)) static int middle(void)
{
	char b[440];

	sink(b);
	return leaf() + b[3];
}

int entry(void) // expect: path-budget
{
	char b[430];

	sink(b);
	return middle() + flat() + b[2];
}
