// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// expect-none
int look(void *node);
void *next(void *node);

int walk(void *node)
{
	int n = 0;

	for (; node; node = next(node))
		n += look(node);
	return n;
}
