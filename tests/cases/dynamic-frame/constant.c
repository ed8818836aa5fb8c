// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* An alloca of a constant is a fixed part of the frame. */
void sink(char *p);

void constant(void) // frame: 408..450 fixed
{
	sink(__builtin_alloca(400));
}
