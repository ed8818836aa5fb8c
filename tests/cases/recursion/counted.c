// run: scan --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: every turn tests level against 8, which allows at most 9 turns
// stdout-has: every turn tests n against 0, which allows at most 6 turns
// stdout-has: every turn tests depth against 400, which allows at most 401 turns
// stdout-has: every turn tests left_over against 0, which allows at most 5 turns
// stdout-has: more than the budget
// stdout-has: 5 at least, 0 unbounded
// stdout-has: start: >= 12,912 bytes
// A parameter that moves towards a constant on every turn, from constants: the turns are counted.
int look(void *node);
void *left(void *node), *right(void *node);

__attribute__((noinline)) static int up(void *node, int level) // expect: recursion
{
	if (level > 8)
		return -1;
	return up(left(node), level + 1) + up(right(node), level + 1) + look(node);
}

__attribute__((noinline)) static int down(int n, void *node) // expect: recursion
{
	if (n == 0)
		return look(node);
	return down(n - 1, left(node)) + look(node);
}

__attribute__((noinline)) static int far(void *node, unsigned depth) // expect: recursion
{
	int n = look(node);

	if (depth < 400)
		n += far(right(node), depth + 1);
	return n + look(node);
}

__attribute__((noinline)) static int in_test(void *node, int left_over) // expect: recursion
{
	int n = look(node);

	if (left_over--)
		n += in_test(left(node), left_over);
	return n + look(node);
}

int start(void *node) // expect: path-budget
{
	return up(node, 0) + up(node, 3) + down(5, node) + far(node, 0) + in_test(node, 4);
}
