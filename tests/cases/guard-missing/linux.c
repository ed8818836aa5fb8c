// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// On Linux, where nothing tells what remains of the stack, the recursion itself is told.
int look(void *node);
void *left(void *node), *right(void *node);

int walk(void *node) // expect: recursion
{
	if (!node)
		return 0;
	return walk(left(node)) + walk(right(node)) + look(node);
}
