// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* An inlined helper has no frame of its own: its buffer and its call belong to the caller. */
void sink(char *p);

static inline void helper(char c)
{
	char b[300];

	b[0] = c;
	sink(b); // call: sink direct
}

void caller(char c) // frame: 308..336 fixed
{
	helper(c);
}
