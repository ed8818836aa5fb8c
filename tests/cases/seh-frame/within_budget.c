// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// expect-none
void fill(char *p);
void drop(char *p);

void handled(void)
{
	char buffer[40];

	__try {
		fill(buffer);
	} __finally {
		drop(buffer);
	}
}
