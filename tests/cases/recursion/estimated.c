// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// exit: 2
// stdout-has: each turn takes an estimated
// The unit does not compile: what a turn takes is an estimate, and is called one.
#include "no_such_header.h" // expect: unmeasured

void sink(char *p);

int walk(int *node) // expect: recursion
{
	char b[100];

	sink(b);
	return *node ? walk(node + 1) + b[0] : 0;
}
