// run: scan --platform windows-x64 --budget 6000 --frame-limit 6000 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// stdout-has: asks goes on while enough() leaves 512 bytes: too low by
// The threshold is an argument of each call.
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

static inline int enough(ULONG need)
{
	if (IoGetRemainingStackSize() < need)
		return 0;
	return 1;
}

int asks(int n)
{
	if (!enough(512)) // expect: stack-guard
		return post();
	return deep(n) + 1;
}

int asks_for_more(int n)
{
	return enough(1400) ? deep(n) + 1 : post();
}

#define GUARDED(need, call)                                                                        \
	if (enough(need)) {                                                                        \
		call;                                                                              \
	}

int through_a_macro(int n)
{
	GUARDED(300, n = deep(n)) // expect: stack-guard
	return n;
}
