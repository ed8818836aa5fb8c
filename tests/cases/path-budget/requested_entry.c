// run: scan --platform linux-x86_64 --budget 500 --entry inner $file -- --target=x86_64-linux-gnu -O2
// exit: 1
// stdout-has: requested
/* --entry makes a function that has callers an entry point of its own, held against the budget too. */
void sink(char *p);

__attribute__((noinline)) void inner(void) // depth: 508..544; expect: path-budget
{
	char b[500];

	sink(b);
}

int outer(void) // depth: 516..600; expect: path-budget
{
	inner();
	return 1;
}
