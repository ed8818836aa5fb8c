int big(int n);

static __attribute__((noinline)) int twice(int n)
{
	return big(n) + big(n + 1);
}

int outer(int n)
{
	return twice(n) + 1;
}
