// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* A call through a field of an operations table meets what the same field of any such table holds, and no more. */
struct ops {
	int (*open)(int);
	int (*close)(int);
};

struct device {
	const struct ops *ops;
};

static int fast_open(int n) // frame: 8
{
	return n + 1;
}

static int any_close(int n)
{
	return n - 1;
}

const struct ops fast = {.open = fast_open, .close = any_close};

int device_open(struct device *d) // frame: 16; depth: 24 exact
{
	return d->ops->open(3) * 2; // call: fast_open field
}
