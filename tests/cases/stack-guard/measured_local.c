// run: scan --platform windows-x64 --budget 6000 --frame-limit 6000 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// stdout-has: IoGetStackLimits() leaves 1,000 bytes: too low by
// The need counts from the variable that is measured: below it lies less than the whole frame.
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

int limits(int n)
{
	ULONG_PTR low, high;

	IoGetStackLimits(&low, &high);
	if ((ULONG_PTR)&low - low < 1000) // expect: stack-guard
		return post();
	return deep(n) + 1;
}

/* Its own 2,000 bytes lie above the variable that is measured. */
int frame(int n)
{
	volatile char own[2000]; // expect: large-local

	own[n] = 1;
	if (IoGetRemainingStackSize() < 1200)
		return post();
	return deep(n) + leaf(own);
}
