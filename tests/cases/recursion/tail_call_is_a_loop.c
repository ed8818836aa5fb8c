// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* The compiler turned this recursion into a loop: nothing grows, nothing is reported. */
int count(const char *s, int n) // frame: 8; depth: 8 exact
{
	return *s ? count(s + 1, n + 1) : n;
}
