/* Calls in tail position: direct, conditional, through tables and fields, chains and circles of them. */
#include "check.h"

typedef int work(int a, int b);

static NOINLINE int leaf(int a, int b)
{
	char buffer[64];

	buffer[a & 63] = (char)b;
	KEEP(buffer);
	return buffer[a & 63] + a;
}

static NOINLINE int plain(int a, int b)
{
	return a * b;
}

static NOINLINE int direct(int a, int b)
{
	return leaf(b, a);
}

static NOINLINE int chain(int a, int b)
{
	return direct(a + 1, b);
}

/* Something on the stack first, gone before the jump. */
static NOINLINE int after_frame(int a, int b)
{
	int v[30];

	v[a & 15] = b;
	KEEP(v);
	a += leaf(a, v[a & 15]);
	return chain(a, b);
}

static NOINLINE int conditional(int a, int b)
{
	if (a > b)
		return leaf(a, b);
	return plain(a, b);
}

static NOINLINE int early(int a, int b)
{
	char big[1500];

	if (a == 0)
		return chain(b, 1);
	big[b & 1023] = (char)a;
	KEEP(big);
	return leaf(big[b & 1023], a);
}

/* Indirect. */
static work *const table[] = {leaf, plain, chain};

static NOINLINE int through_table(unsigned int i, int a)
{
	return table[i % 3](a, 2);
}

struct handler {
	int key;
	work *run;
};

static NOINLINE int through_field(const struct handler *h, int a)
{
	return h->run(a, h->key);
}

static NOINLINE int through_parameter(int a, int b, work *f)
{
	return f(b, a);
}

/* A state machine of tail calls. */
struct machine {
	int left, total;
	int (*state)(struct machine *m);
};

static NOINLINE int halt(struct machine *m)
{
	return m->total;
}

static NOINLINE int state_b(struct machine *m);

static NOINLINE int state_a(struct machine *m)
{
	m->total += leaf(m->left, 1);
	m->state = state_b;
	return m->state(m);
}

static NOINLINE int state_b(struct machine *m)
{
	m->total += 10;
	m->state = --m->left > 0 ? state_a : halt;
	return m->state(m);
}

/* Required by the language, at every optimisation. */
static NOINLINE int must(int a, int b)
{
	int v[9];

	v[a & 7] = b;
	KEEP(v);
	__attribute__((musttail)) return after_frame(v[a & 7], a);
}

int main(void)
{
	struct handler leafy = {1, leaf}, other = {2, plain};
	struct machine m = {.left = 3, .state = state_a};

	EXPECT(direct(3, 4) == 7);
	EXPECT(chain(3, 4) == 8);
	EXPECT(after_frame(3, 4) == 15);
	EXPECT(conditional(3, 4) == 12);
	EXPECT(conditional(4, 3) == 7);
	EXPECT(early(0, 4) == 6);
	EXPECT(early(5, 4) == 10);
	EXPECT(through_table(0, 3) == 5);
	EXPECT(through_table(1, 3) == 6);
	EXPECT(through_table(2, 3) == 6);
	EXPECT(through_field(&leafy, 3) == 4);
	EXPECT(through_field(&other, 3) == 6);
	EXPECT(through_parameter(3, 4, leaf) == 7);
	EXPECT(through_parameter(3, 4, plain) == 12);
	EXPECT(m.state(&m) == 39);
	EXPECT(must(3, 4) == 15);
	return failures;
}
