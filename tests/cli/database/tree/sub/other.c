int good(int n);

static int quiet(int n)
{
	char b[64] = {0};

	return b[n & 63];
}

int other(int n)
{
	return good(n) + quiet(n);
}
