// run: scan --platform linux-x86_64 $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* A dispatch table inside an object, filled by assignments: every element is a candidate. */
struct driver {
	int (*major[4])(int);
};

static int on_read(int n)
{
	return n + 1;
}

static int on_write(int n)
{
	return n + 2;
}

void fill(struct driver *d)
{
	d->major[0] = on_read;
	d->major[1] = on_write;
}

int dispatch(struct driver *d, unsigned int i) // depth: 24 exact
{
	return d->major[i & 3]((int)i) * 2; // call: on_read field; call: on_write field
}
