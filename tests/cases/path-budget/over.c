// run: scan --platform linux-x86_64 --budget 1000 $file -- --target=x86_64-linux-gnu -O2 -mno-red-zone
// exit: 1
// stdout-has: entry
/* Each frame is modest, the path is not; it leads through a table. */
struct ops {
	void (*submit)(char *p);
};

void sink(char *p);

static void submit(char *p) // frame: 408..440
{
	char b[400];

	b[0] = *p;
	sink(b);
}

static const struct ops table = {.submit = submit};

const struct ops *choose(void)
{
	return &table;
}

__attribute__((noinline)) static int middle(const struct ops *ops) // frame: 408..450
{
	char b[400];

	sink(b);
	ops->submit(b); // call: submit field
	return b[3];
}

int entry(const struct ops *ops) // depth: 1200..1400 at-least; expect: path-budget
{
	char b[400];

	sink(b);
	return middle(ops) + b[2];
}
