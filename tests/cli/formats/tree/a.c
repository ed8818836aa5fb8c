void sink(char *p);

void above(void)
{
	char buffer[3000];

	sink(buffer);
}

int again(int n)
{
	volatile int kept = n;

	return n ? again(n - 1) + kept : 0;
}
