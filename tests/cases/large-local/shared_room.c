// run: scan --platform linux-x86_64 --fail-on never --format json $file -- --target=x86_64-linux-gnu -O2
// stdout-has: variable text, char[600] of the inlined function print_long takes 600 bytes
// stdout-has: That alone frees 568 bytes: w of wait_for_it (32 bytes) and 1 other share the place.
/*
 * Three variables of scopes that do not overlap lie in one place, as large as the largest. Each has its own name, type and
 * size, whichever of them the compiler's remark tells of, and the largest alone is above the limit.
 */
struct wait {
	void *task, *next, *prev;
	int flags;
};

void fill(char *text);
void sleep_on(struct wait *w);
int count(int *n);

static inline void print_long(void)
{
	char text[600]; // expect: large-local

	fill(text);
}

static inline void wait_for_it(void)
{
	struct wait w;

	sleep_on(&w);
}

static inline int count_them(void)
{
	int n;

	return count(&n);
}

int change_state(int kind) // frame: 608..632
{
	if (kind == 1)
		print_long();
	else if (kind == 2)
		wait_for_it();
	else
		return count_them();
	return 0;
}
