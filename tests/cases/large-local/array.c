// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: line
void sink(char *p);

void format(void) // frame: 1032..1064
{
	char line[1024]; // expect: large-local

	sink(line);
}
