// run: scan --strict --frame-limit 100 --fail-on note --platform linux-x86_64 $file $dir/parts/broken.c -- --target=x86_64-linux-gnu -O2
// expect-elsewhere: unmeasured
// exit: 1
/* Findings (1) go before incompleteness (2). */
void sink(char *p);

void above(void) // expect: frame-limit
{
	char b[200];

	sink(b);
}
