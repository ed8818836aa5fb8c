// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* Two variables; small ones; variables that share their room. */
void fill(char *a, char *b, char *c);

void two(void)
{
	char name[300], value[300];

	fill(name, value, value);
}

void small(void)
{
	char a[20], b[20], c[20];

	fill(a, b, c);
}

void shared(int which)
{
	if (which) {
		char a[250], b[250];

		fill(a, b, b);
	} else {
		char c[250], d[250];

		fill(c, d, d);
	}
}
