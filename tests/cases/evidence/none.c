// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* No function of that type has its address taken: the call leads nowhere that is known but for the variable it goes through, and the depth says so. */
long lookup(const char *name);

int from_nowhere(void) // frame: 16; depth: 16..24 at-least
{
	short (*f)(short, short, short) = (short (*)(short, short, short))(lookup("f") + 16);

	return f(1, 2, 3) * 2; // call: ? variable
}
