// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: helper
/* The variable stands in the helper, its bytes stand in the caller: the finding names both. */
void sink(char *p);

static inline void helper(void)
{
	char text[1200]; // expect: large-local

	sink(text);
}

void caller(void) // frame: 1208..1240
{
	helper();
}
