// run: scan --platform linux-x86_64 --fail-on warning $file -- --target=x86_64-linux-gnu -O2
// exit: 1
/*
 * A stacked device whose operation calls the same operation of the device below it. No other table can be there, as the
 * records are this file's own: the call leads back for certain.
 */
struct device;

struct ops {
	int (*submit)(struct device *d, int n);
};

struct device {
	const struct ops *ops;
	struct device *lower;
};

static int stacked_submit(struct device *d, int n) // depth: 16..48 unbounded; expect: recursion
{
	return d->lower->ops->submit(d->lower, n + 1) + 1; // call: stacked_submit field
}

const struct ops stacked = {.submit = stacked_submit};
