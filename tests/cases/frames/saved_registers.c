// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* Values that live across a call sit in callee-saved registers, which are pushed: 8 bytes each. */
int next(void);

int sum(void) // frame: 16..32 fixed
{
	int a = next(), b = next();

	return a * b;
}
