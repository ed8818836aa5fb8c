// run: scan --platform linux-x86_64 --frame-limit 256 --fail-on warning $file -- --target=x86_64-linux-gnu -O0
// exit: 1
/* No variable is large; their sum is. */
void sink(long *p);

void many(void) // frame: 264..400; expect: frame-limit
{
	long a[10], b[10], c[10], d[10];

	sink(a);
	sink(b);
	sink(c);
	sink(d);
}
