// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* A call by name, within the unit and to the outside. */
void outside(void);

static __attribute__((noinline)) int inside(volatile int *p) // depth: 8 exact
{
	return *p + 1;
}

int caller(volatile int *p) // frame: 16..24; depth: 24..40 at-least
{
	outside(); // call: outside direct
	return inside(p) + 1; // call: inside direct
}
