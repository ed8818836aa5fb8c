// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: 3 variables of parse together take 600 bytes
void fill(char *a, char *b, char *c);

void parse(void) // expect: frame-to-context
{
	char name[200], value[200], error[200];

	fill(name, value, error);
}
