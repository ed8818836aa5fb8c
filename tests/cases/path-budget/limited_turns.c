// run: scan --platform linux-x86_64 --budget 600 --format json $file -- --target=x86_64-linux-gnu -O2
// exit: 1
// stdout-has: of it in further turns of a limited recursion)
// stdout-has: Fewer turns are enough: lower the limit of the recursion
/* The calls that are listed take less than the budget: what is above it is turns, and the finding says so. */
enum { DEEPEST = 16 };

int look(int node, char *name);

__attribute__((noinline)) static int walk(int node, int depth) // expect: recursion
{
	char name[24];

	if (depth > DEEPEST)
		return -1;
	return look(node, name) + walk(node + name[0], depth + 1) * 3 + name[1];
}

int start(int node) // expect: path-budget
{
	return walk(node, 0) + 1;
}
