// run: scan --platform linux-x86_64 --fail-on warning --format json $file -- --target=x86_64-linux-gnu -O2
// exit: 1
// stdout-has: if a function pointer leads back
/* The pointer is taken after the callback was put there: it is the callback itself. */
struct sock {
	void (*changed)(struct sock *s);
	void *user;
};

struct queue {
	void (*next)(struct sock *s);
	int events;
};

void wake_up(struct sock *s);

void init(struct sock *s)
{
	s->changed = wake_up;
}

static void queue_changed(struct sock *s) // expect: recursion
{
	struct queue *q = s->user;

	q->next(s); // call: queue_changed field; call: wake_up field
	q->events++;
}

void hook(struct sock *s, struct queue *q)
{
	s->user = q;
	s->changed = queue_changed;
	q->next = s->changed;
}
