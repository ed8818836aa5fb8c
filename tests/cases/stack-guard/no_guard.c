// run: scan --platform windows-x64 --budget 6000 --frame-limit 6000 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// Assertions, and questions whether a pointer lies on the stack.
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

#define ASSERT(x) ((x) ? (void)0 : (void)post())

int asserted(int n)
{
	ASSERT(IoGetRemainingStackSize() > 64);
	return deep(n) + 1;
}

int on_stack(void *p)
{
	ULONG_PTR low, high;

	IoGetStackLimits(&low, &high);
	if ((ULONG_PTR)p >= low && (ULONG_PTR)p < high)
		return deep(1) + 1;
	return 0;
}

int within(char *p, ULONG n)
{
	ULONG_PTR low, high;

	IoGetStackLimits(&low, &high);
	if ((ULONG_PTR)p < low)
		return 0;
	return deep((int)n) + 1;
}
