// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// expect-none
/* A pointer, a small structure, and a large one whose copy the compiler removes by inlining. */
struct message {
	char text[256];
};

struct point {
	long x, y;
};

void send(const char *text);

void by_pointer(const struct message *m)
{
	send(m->text);
}

long small(struct point p)
{
	return p.x + p.y;
}

static inline char first(struct message m)
{
	return m.text[0];
}

char inlined(const struct message *m)
{
	return first(*m);
}
