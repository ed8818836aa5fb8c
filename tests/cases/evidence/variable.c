// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* A global function pointer holds what was assigned to it. */
int (*hook)(int);

static int first(int n)
{
	return n + 1;
}

static int never_put_there(int n)
{
	return n + 2;
}

int (*other)(int) = never_put_there;

void set(void)
{
	hook = first;
}

int use(int n) // depth: 24 at-least
{
	return hook(n) * 2; // call: first variable
}
