static int twice(int n)
{
	return n * 2;
}

int good(int n)
{
	return twice(n);
}
