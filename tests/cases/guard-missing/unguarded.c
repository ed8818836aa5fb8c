// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
int look(void *node);
void *left(void *node), *right(void *node);

int walk(void *node) // expect: recursion; expect: guard-missing
{
	if (!node)
		return 0;
	return walk(left(node)) + walk(right(node)) + look(node);
}

int even(void *node);

int odd(void *node) // expect: recursion; expect: guard-missing
{
	return node ? even(right(node)) + look(node) : 0;
}

int even(void *node)
{
	return node ? odd(left(node)) + look(node) : 1;
}
