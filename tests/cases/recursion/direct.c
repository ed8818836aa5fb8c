// run: scan --platform linux-x86_64 --fail-on warning $file -- --target=x86_64-linux-gnu -O2
// exit: 1
struct node {
	struct node *left, *right;
	int value;
};

int combine(int a, int b);

int walk(const struct node *n) // depth: 16..64 unbounded; expect: recursion
{
	if (!n)
		return 0;
	return combine(walk(n->left), walk(n->right)) + n->value;
}
