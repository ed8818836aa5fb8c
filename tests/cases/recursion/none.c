// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* A diamond is not a cycle. */
static __attribute__((noinline)) int bottom(volatile int *p)
{
	return *p;
}

static __attribute__((noinline)) int left(volatile int *p)
{
	return bottom(p) + 1; // call: bottom direct
}

static __attribute__((noinline)) int right(volatile int *p)
{
	return bottom(p) + 2; // call: bottom direct
}

int top(volatile int *p) // depth: 40..64 exact
{
	return left(p) + right(p);
}
