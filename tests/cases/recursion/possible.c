// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
/* Only the type says that the callback may be the function itself: possible, and said so; not unbounded. */
long lookup(const char *name);

static int again(int n, long m) // depth: 16..48 at-least; expect: recursion
{
	int (*f)(int, long) = (int (*)(int, long))lookup("again");

	return f(n, m) * 2; // call: again signature
}

void register_it(void *(*put)(void *))
{
	put((void *)again);
}
