// run: scan --platform windows-x64 --fail-on never --budget 300 $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// stdout-has: has a __try with __finally
void fill(char *p);
void drop(char *p);

void handled(void) // expect: seh-frame; expect: path-budget
{
	char buffer[400]; // expect: large-local

	__try {
		fill(buffer);
	} __finally {
		drop(buffer);
	}
}
