// run: scan --platform linux-x86_64 --fail-on warning $file -- --target=x86_64-linux-gnu -O2
// exit: 1
void sink(char *p);

void dynamic(unsigned long n) // frame: 16..64 dynamic; expect: dynamic-frame
{
	sink(__builtin_alloca(n));
}
