// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* A table of callbacks goes through a call of an unknown function, and a parameter is declared as a function. */
struct queue;
typedef void done(struct queue *q);
struct queue {
	done *call;
};
struct device_ops {
	int (*find)(int n, struct queue *queues, done *calls[]);
};
struct device {
	const struct device_ops *ops;
	struct queue queues[2];
};

static volatile int count;

static void filled(struct queue *q)
{
	(void)q;
	count++;
}

static void drained(struct queue *q)
{
	(void)q;
	count--;
}

static int find(int n, struct queue *queues, done *calls[])
{
	for (int i = 0; i < n; i++)
		queues[i].call = calls[i];
	return 0;
}

const struct device_ops ops = {.find = find};

int start(struct device *d)
{
	done *calls[2] = {filled};

	calls[1] = drained;
	return d->ops->find(2, d->queues, calls);
}

void interrupt(struct queue *q)
{
	q->call(q);
}

static void twice(struct queue *q, done each)
{
	count += 2;
	each(q);
	count += 2;
	each(q);
}

__attribute__((noinline)) static void all(struct queue *q, done each)
{
	count++;
	twice(q, each);
	twice(q + 1, each);
}

void fill(struct queue *q)
{
	all(q, filled);
	count++;
}

void drain(struct queue *q)
{
	all(q, drained);
	count++;
}
