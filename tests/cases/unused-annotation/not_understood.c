// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// exit: 0
// stderr-has: the comment 'stackcheck: recursoin 4' begins with an unknown word; did you mean 'recursion'?
// expect-none
void sink(char *p);

/* stackcheck: recursoin 4 */
void straight(void)
{
	char b[16];

	sink(b);
}
