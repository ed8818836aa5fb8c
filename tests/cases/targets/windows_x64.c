// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2
/* The caller provides 32 bytes of home space for its callee. */
int sink(int a);

int caller(int a) // frame: 40..56 fixed
{
	return sink(a) + 1;
}
