// run: scan --platform linux-x86_64 --frame-limit 300 $file -- --target=x86_64-linux-gnu -O2
// exit: 0
// stdout-has: 1 suppressed
// stdout-has: the caller is shallow
// stdout-has: its finding counts again
void sink(char *p);

/* stackcheck: allow frame-limit until 2999-12-31 because the caller is shallow */
void accepted(void) // expect: frame-limit
{
	char b[400];

	sink(b);
}

/* stackcheck: allow frame-limit until 2020-12-31 because it was to be mended */ // expect: unused-suppression
void expired(void) // expect: frame-limit
{
	char b[400];

	sink(b);
}

/* stackcheck: allow frame-limit because it was large once */ // expect: unused-suppression
void small(void)
{
	char b[40];

	sink(b);
}
