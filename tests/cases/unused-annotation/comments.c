// run: scan --platform linux-x86_64 --frame-limit 64 $file -- --target=x86_64-linux-gnu -O2
// exit: 0
void sink(char *p);
int walk(int depth);

/* stackcheck: recursion 4 because nothing here recurses */ // expect: unused-annotation
void straight(void)
{
	char b[16];

	sink(b);
}

/* stackcheck: never nobody */ // expect: unused-annotation
void caller(void)
{
	straight();
	straight();
}

/* Used ones say nothing. */
/* stackcheck: recursion 4 because the tree has four levels */
int tree(int depth) // expect: recursion
{
	volatile char b[32];

	b[0] = (char)depth;
	return depth ? tree(depth - 1) + b[0] + 1 : walk(0);
}
