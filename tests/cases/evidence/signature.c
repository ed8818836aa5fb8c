// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// stdout-has: >=
// expect-none
/*
 * A pointer from nowhere: a function whose type fits is possible, not believed. It is in the graph, but the depth is a
 * floor without it.
 */
long lookup(const char *name);

static int candidate(int n, long m)
{
	return n + (int)m;
}

void register_it(void *(*put)(void *))
{
	put((void *)candidate);
}

int call_it(int n) // frame: 16; depth: 16..24 at-least
{
	int (*f)(int, long) = (int (*)(int, long))lookup("candidate");

	return f(n, 2) * 2; // call: candidate signature
}
