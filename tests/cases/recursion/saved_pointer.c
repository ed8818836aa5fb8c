// run: scan --platform linux-x86_64 --fail-on warning --format json $file -- --target=x86_64-linux-gnu -O2
// stdout-has: if the pointer that was saved leads back
// stdout-has: before the function took its place
/*
 * A callback that calls what stood in its place before: only a note, as that is older than the callback itself.
 */
struct sock {
	void (*changed)(struct sock *s);
	void *user;
};

struct queue {
	void (*old_changed)(struct sock *s);
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

	q->old_changed(s); // call: queue_changed field; call: wake_up field
	q->events++;
}

void hook(struct sock *s, struct queue *q)
{
	q->old_changed = s->changed;
	s->user = q;
	s->changed = queue_changed;
}

void unhook(struct sock *s, struct queue *q)
{
	s->changed = q->old_changed;
}
