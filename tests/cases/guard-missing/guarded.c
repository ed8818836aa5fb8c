// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// stdout-has: every turn tests IoGetRemainingStackSize() >= 2048
// stdout-has: every turn tests level against 8, which allows at most 9 turns
// stdout-lacks: [guard-missing]
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

int walk(void *node) // expect: recursion
{
	if (!node)
		return 0;
	if (IoGetRemainingStackSize() < 2048) // expect: stack-guard
		return -1;
	return walk(left(node)) + walk(right(node)) + look(node);
}

static int down(void *node, int level) // expect: recursion
{
	if (level > 8)
		return -1;
	return down(left(node), level + 1) + down(right(node), level + 1) + look(node);
}

int start(void *node)
{
	return down(node, 0) + 1;
}
