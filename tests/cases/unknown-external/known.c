// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* The platform knows what memset takes. */
void *memset(void *to, int byte, unsigned long n);

void clear(char *p, unsigned long n)
{
	memset(p, 0, n);
}
