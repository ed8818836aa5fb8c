// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// The test is made once, above the recursion; or only one of two ways round is behind it.
typedef unsigned long ULONG;
typedef unsigned long long ULONG_PTR;
void IoGetStackLimits(ULONG_PTR *low, ULONG_PTR *high);

static inline ULONG_PTR IoGetRemainingStackSize(void)
{
	ULONG_PTR low, high;

	IoGetStackLimits(&low, &high);
	return (ULONG_PTR)&high - low;
}
int look(void *node);
void *left(void *node), *right(void *node);

static int walk(void *node) // expect: recursion; expect: guard-missing
{
	if (!node)
		return 0;
	return walk(left(node)) + walk(right(node)) + look(node);
}

int start(void *node)
{
	if (IoGetRemainingStackSize() < 4096) // expect: stack-guard
		return -1;
	return walk(node) + 1;
}

int half(void *node) // expect: recursion; expect: guard-missing
{
	int n = look(node);

	if (IoGetRemainingStackSize() >= 2048) // expect: stack-guard
		n += half(left(node));
	if (n)
		n += half(right(node));
	return n;
}
