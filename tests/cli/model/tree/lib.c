void outside(void);
void (*hook)(void);
static int leaf(const char *p)
{
	return p[0] + p[3];
}
int measured(int n)
{
	volatile char b[64];
	b[3] = (char)n;
	return leaf((const char *)b);
}
int deeper(int n)
{
	volatile char b[128];
	b[0] = (char)n;
	return measured(n) + b[0];
}
int through_pointer(void)
{
	hook();
	return 1;
}
int to_outside(void)
{
	outside();
	return 2;
}
