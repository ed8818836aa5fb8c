// run: scan --platform linux-x86_64 --frame-limit 100 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// exit: 0
void sink(char *p);

void above(void) // expect: frame-limit
{
	char b[200];

	sink(b);
}
