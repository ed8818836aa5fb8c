// run: scan --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: every turn tests level against 8
// stdout-has: every turn tests xmit_recursion against 10
// stdout-lacks: at most
// stdout-lacks: error:
// Guarded, but where the count starts is not known; or a counter that is no parameter, as networks have it on Linux.
int look(void *node);
void *left(void *node);
int get_level(void);
int xmit_recursion(void);
void xmit_inc(void), xmit_dec(void);

int from_outside(void *node, int level) // expect: recursion
{
	if (level >= 8)
		return -1;
	return from_outside(left(node), level + 1) + look(node);
}

int counter(void *node) // expect: recursion
{
	int n = look(node);

	if (xmit_recursion() > 10)
		return -1;
	xmit_inc();
	n += counter(left(node));
	xmit_dec();
	return n;
}

__attribute__((noinline)) static int mutual(void *node, int level);

__attribute__((noinline)) static int other(void *node, int depth)
{
	return mutual(left(node), depth + 1) + look(node);
}

__attribute__((noinline)) static int mutual(void *node, int level) // expect: recursion
{
	if (level > 8)
		return 0;
	return other(left(node), level) + look(node);
}

int start(void *node)
{
	return mutual(node, get_level()) + 1;
}
