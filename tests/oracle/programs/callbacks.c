/* Callbacks through parameters, visitors with a context, and callbacks that the C library calls. */
#include "check.h"

#include <stdlib.h>

struct node {
	struct node *left, *right;
	int key;
};

typedef int visitor(const struct node *n, void *context);

static NOINLINE int visit(const struct node *n, visitor *v, void *context)
{
	int stop;

	if (!n)
		return 0;
	stop = visit(n->left, v, context);
	if (stop)
		return stop;
	stop = v(n, context);
	if (stop)
		return stop;
	stop = visit(n->right, v, context);
	NO_TAIL();
	return stop;
}

static NOINLINE int count(const struct node *n, void *context)
{
	(void)n;
	return ++*(int *)context, 0;
}

struct search {
	int key;
	const struct node *found;
};

static NOINLINE int find(const struct node *n, void *context)
{
	struct search *s = context;
	char name[48];

	name[s->key & 31] = 1;
	KEEP(name);
	if (n->key != s->key)
		return 0;
	s->found = n;
	return 1;
}

/* A callback that carries another one. */
struct wrapped {
	visitor *inner;
	void *context;
	int calls;
};

static NOINLINE int wrap(const struct node *n, void *context)
{
	struct wrapped *w = context;
	int stop = w->inner(n, w->context);

	w->calls++;
	return stop;
}

/* A pointer passed through two functions before it is called. */
static NOINLINE int apply(int (*f)(int x), int x)
{
	int r = f(x);

	NO_TAIL();
	return r;
}

static NOINLINE int apply_twice(int (*f)(int x), int x)
{
	x = apply(f, x);
	x = apply(f, x);
	return x;
}

static NOINLINE int twice(int x)
{
	return 2 * x;
}

static NOINLINE int square(int x)
{
	int v[20];

	v[x & 15] = x;
	KEEP(v);
	return v[x & 15] * x;
}

/* A callback that was stored, and is called later. */
static int (*deferred)(int x);

static NOINLINE void defer(int (*f)(int x))
{
	deferred = f;
}

static NOINLINE int run_deferred(int x)
{
	int r = deferred(x);

	NO_TAIL();
	return r;
}

/* Called by qsort() and bsearch(). */
static NOINLINE int difference(int a, int b)
{
	return (a > b) - (a < b);
}

static int by_key(const void *a, const void *b)
{
	int r = difference(((const struct node *)a)->key, ((const struct node *)b)->key);

	NO_TAIL();
	return r;
}

static int by_number(const void *key, const void *element)
{
	return difference(*(const int *)key, ((const struct node *)element)->key);
}

static NOINLINE struct node *build(struct node *v, int n)
{
	int middle = n / 2;

	if (n == 0)
		return NULL;
	v[middle].left = build(v, middle);
	v[middle].right = build(v + middle + 1, n - middle - 1);
	return &v[middle];
}

static NOINLINE void use_library(struct node *v, size_t n)
{
	struct node *hit;
	int key = 35;

	qsort(v, n, sizeof *v, by_key);
	for (size_t i = 1; i < n; i++)
		EXPECT(v[i - 1].key < v[i].key);
	hit = bsearch(&key, v, n, sizeof *v, by_number);
	EXPECT(hit && hit->key == 35);
}

int main(void)
{
	static struct node v[15];
	struct search search = {.key = 21};
	int visited = 0;
	struct wrapped wrapped = {count, &visited, 0};
	struct node *root;

	for (int i = 0; i < 15; i++)
		v[i].key = (i * 7) % 15 * 7;
	use_library(v, 15);
	root = build(v, 15);
	EXPECT(visit(root, count, &visited) == 0 && visited == 15);
	EXPECT(visit(root, find, &search) == 1 && search.found->key == 21);
	EXPECT(visit(root, wrap, &wrapped) == 0 && visited == 30 && wrapped.calls == 15);
	EXPECT(apply_twice(twice, 3) == 12);
	EXPECT(apply_twice(square, 3) == 81);
	defer(twice);
	EXPECT(run_deferred(4) == 8);
	defer(square);
	EXPECT(run_deferred(4) == 16);
	return failures;
}
