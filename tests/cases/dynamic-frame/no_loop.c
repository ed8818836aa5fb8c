// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-lacks: every turn of a loop
// No loop: a macro's do-while, an alloca beside a loop, an array that is given back at the end of its block.
void sink(char *p);

#define TAKE(n)                                                                                    \
	do {                                                                                       \
		sink(__builtin_alloca(n));                                                         \
	} while (0)

void by_macro(unsigned long n) // frame: 16..64 dynamic; expect: dynamic-frame
{
	TAKE(n);
}

int before_a_loop(unsigned long n) // frame: 16..80 dynamic; expect: dynamic-frame
{
	char *b = __builtin_alloca(n);

	for (unsigned long i = 0; i < n; i++)
		sink(b + i);
	return b[0];
}

int array(unsigned long n) // frame: 16..112 dynamic; expect: dynamic-frame
{
	int sum = 0;

	for (unsigned long i = 1; i < n; i++) {
		char b[i];

		sink(b);
		sum += b[0];
	}
	return sum;
}
