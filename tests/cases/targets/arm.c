// run: scan --platform linux-arm --fail-on never $file -- --target=arm-linux-gnueabi -O2
// expect-none
/* The link register holds the return address: pushed only by functions that call. */
void sink(char *p);

int leaf(int a) // frame: 0 fixed
{
	return a + 1;
}

void buffer(void) // frame: 204..240 fixed
{
	char b[200];

	sink(b);
}
