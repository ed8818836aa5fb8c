// run: scan --platform windows-x64 --budget 6000 --frame-limit 6000 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// stdout-has: 900 bytes: too low by
// stdout-has: (deep); the failing side takes up to
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
	if (IoGetRemainingStackSize() < 900) // expect: stack-guard
		return post();
	return deep(n) + 1;
}

int operand_order(int n)
{
	if (0x200 <= IoGetRemainingStackSize() && n) { // expect: stack-guard
		return deep(n) + 1;
	} else {
		return post();
	}
}

int kept_result(int n)
{
	int low = IoGetRemainingStackSize() < 600;

	if (low) // expect: stack-guard
		goto give_up;
	return deep(n) + 1;
give_up:
	return post();
}

int either(int n)
{
	if (n > 99 || IoGetRemainingStackSize() < 700) // expect: stack-guard
		return post();
	n = deep(n) + 1;
	return n * 2;
}
