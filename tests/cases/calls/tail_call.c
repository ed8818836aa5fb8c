// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2 -mno-red-zone
// expect-none
/* A tail call is a jump: the caller's frame is gone, so its depth is that of the callee alone. */
void sink(char *p);

__attribute__((noinline)) void callee(int n) // frame: 508..536
{
	char b[500];

	b[0] = (char)n;
	sink(b);
}

void caller(int n) // frame: 8 fixed; depth: 508..544 at-least
{
	callee(n + 1); // call: callee direct tail
}
