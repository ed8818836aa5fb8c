// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: the frame of in_for has a part sized at run time, 96 bytes of it are fixed, and it is taken again on every turn of a loop
// stdout-has: the frame of in_while has a part sized at run time, 64 bytes of it are fixed, and it is taken again on every turn of a loop
// alloca in a loop takes more on every turn, whatever its size; in a macro's do-while it does not, and an array is given back.
void sink(char *p);

int in_for(int n) // frame: 16..112 dynamic
{
	int sum = 0;

	for (int i = 0; i < n; i++) {
		char *b = __builtin_alloca(40); // expect: dynamic-frame

		sink(b);
		sum += b[1];
	}
	return sum;
}

int in_while(int n) // frame: 16..112 dynamic
{
	while (n--) {
		if (n & 1)
			sink(__builtin_alloca(n & 31)); // expect: dynamic-frame
	}
	return n;
}
