// run: scan --platform windows-x64 --budget 6000 --frame-limit 6000 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// The need is known exactly, and the threshold covers it without more than doubling it.
typedef unsigned long ULONG;
typedef unsigned long long ULONG_PTR;
void IoGetStackLimits(ULONG_PTR *low, ULONG_PTR *high);

static inline ULONG_PTR IoGetRemainingStackSize(void)
{
	ULONG_PTR low, high;

	IoGetStackLimits(&low, &high);
	return (ULONG_PTR)&high - low;
}

__attribute__((noinline)) static int leaf(volatile char *p)
{
	return *p;
}

__attribute__((noinline)) static int deep(int n)
{
	volatile char buffer[1000]; // expect: large-local

	buffer[n] = 1;
	return leaf(buffer) + n;
}

__attribute__((noinline)) static int post(void)
{
	volatile char packet[100];

	packet[3] = 0;
	return leaf(packet) - 1;
}

int early_exit(int n)
{
	if (IoGetRemainingStackSize() < 1200)
		return post();
	return deep(n) + 1;
}

int inverted(int n)
{
	if (!(1300 > IoGetRemainingStackSize()))
		return deep(n) + 1;
	return post();
}
