// run: scan --platform linux-x86_64 --frame-limit 400 --fail-on warning $file -- --target=x86_64-linux-gnu -O2
// exit: 1
void sink(char *p);

void above(void) // frame: 408..440; expect: frame-limit
{
	char b[400];

	sink(b);
}

void below(void) // frame: 308..344
{
	char b[300];

	sink(b);
}
