int sink(char *p);

static __attribute__((noinline)) int inner(int n)
{
	char b[500];

	b[0] = (char)n;
	return sink(b) + n;
}

int outer(int n)
{
	return inner(n) + inner(n + 1);
}
