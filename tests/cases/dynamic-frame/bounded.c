// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// stdout-has: note: the frame of checked has a part sized at run time
// stdout-lacks: warning: the frame
// Where the code has a limit it is counted: a check before, a constant maximum, a mask.
void sink(char *p);

int checked(unsigned n) // frame: 80..112 bounded; depth: 80..140 at-least; expect: dynamic-frame
{
	if (n > 64)
		return -1;
	char b[n];

	sink(b);
	return b[0];
}

int checked_both_ways(int n) // frame: 272..304 bounded; expect: dynamic-frame
{
	if (n < 0 || n > 64)
		return -1;
	char b[n * 4];

	sink(b);
	return b[0];
}

int at_most(unsigned n) // frame: 240..544 bounded; expect: dynamic-frame
{
	unsigned size = n < 200 ? n : 200;
	char *b = __builtin_alloca(size);

	sink(b);
	return b[0];
}

int masked(unsigned n) // frame: 80..112 bounded; expect: dynamic-frame
{
	char *b = __builtin_alloca(n & 63);

	sink(b);
	return b[0];
}
