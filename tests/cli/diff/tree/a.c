#define KEEP(p) __asm__ volatile("" ::"r"(p) : "memory")

__attribute__((noinline)) static int helper(int n)
{
	char b[SIZE];

	KEEP(b);
	return b[n];
}

int entry(int n)
{
	char c[64];

	KEEP(c);
	return helper(n) + c[n];
}
