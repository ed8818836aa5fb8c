// run: scan --platform windows-x86 --fail-on never $file -- --target=i686-w64-mingw32 -O2
/* The callee pops its arguments: after the call the stack pointer is where it was before they were pushed. */
int __attribute__((stdcall)) three(int a, int b, int c);

int twice(int a) // frame: 20..28 fixed
{
	return three(a, 1, 2) + three(a, 3, 4);
}
