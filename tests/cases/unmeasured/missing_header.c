// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// exit: 2
// stdout-has: 0 measured, 1 estimated
// stdout-has: 'no_such_header.h' file not found
/* The unit does not compile: estimated from its source, named, and never called exact. Nothing was measured: status 2. */
#include "no_such_header.h" // expect: unmeasured

void sink(char *p);

void estimated(void) // frame: 500..700 estimated; depth: 500..800 at-least
{
	char b[500];

	sink(b);
}
