// run: scan --platform linux-x86_64 --fail-on warning $file -- --target=x86_64-linux-gnu -O2
// exit: 1
// stdout-has: >=
void sink(char *p);

void vla(unsigned long n) // frame: 16..64 dynamic; depth: 16..80 at-least; expect: dynamic-frame
{
	char b[n];

	sink(b);
}
