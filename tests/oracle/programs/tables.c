/* Functions in tables, tables of tables, unions and structures passed by value; functions returned. One call a line. */
#include "check.h"

#include <stddef.h>

typedef int op(int a, int b);

static NOINLINE int add(int a, int b)
{
	return a + b;
}

static NOINLINE int sub(int a, int b)
{
	return a - b;
}

static NOINLINE int sum_of_many(int a, int b)
{
	int v[40];

	for (int i = 0; i < 40; i++)
		v[i] = a + i * b;
	KEEP(v);
	return v[39] + add(v[1], v[2]);
}

/* A structure of functions. */
struct ops {
	const char *name;
	int (*open)(int mode);
	op *merge;
	void (*close)(int *state);
};

static NOINLINE int open_first(int mode)
{
	char text[100];

	text[mode & 63] = (char)mode;
	KEEP(text);
	return mode + 1;
}

static NOINLINE int open_second(int mode)
{
	return sum_of_many(mode, 2);
}

static NOINLINE void close_any(int *state)
{
	*state = 0;
}

static const struct ops first = {"first", open_first, add, close_any};
static const struct ops second = {
	.close = close_any, .open = open_second, .merge = sub, .name = "second"};

/* A table of tables, one of them inside a structure inside an array. */
static const struct ops *const drivers[] = {&first, &second};

struct bus {
	int id;
	const struct ops *const *members;
	struct {
		op *combine[2];
	} inner;
};

static const struct bus buses[2] = {
	{1, drivers, {{add, sub}}},
	{2, drivers, {{[1] = sum_of_many, [0] = sub}}},
};

static NOINLINE int drive(const struct bus *bus, int n)
{
	int state = n, total = 0;

	for (int i = 0; i < 2; i++) {
		const struct ops *o = bus->members[i];

		total += o->open(n + i);
		total += o->merge(total, n);
		total += bus->inner.combine[i](total, i);
		o->close(&state);
		total += state;
	}
	return total;
}

/* A plain array, called by a computed index. */
static op *const plain[] = {add, sub, sum_of_many};

static NOINLINE int by_index(unsigned int i, int a)
{
	int r = plain[i % 3](a, 3);

	NO_TAIL();
	return r;
}

/* A function out of a function. */
static NOINLINE op *pick(int which)
{
	return which ? sum_of_many : sub;
}

static NOINLINE int use_picked(int which)
{
	op *chosen = pick(which);
	int r = chosen(which, 5);

	NO_TAIL();
	return r;
}

/* In a union, next to other things. */
union either {
	op *two;
	int (*one)(int a);
	size_t number;
};

static NOINLINE int one_more(int a)
{
	return a + 1;
}

static NOINLINE int use_either(const union either *e, int arity)
{
	int r;

	if (arity == 2)
		r = e->two(7, 8);
	else
		r = e->one(7);
	NO_TAIL();
	return r;
}

/* In a structure passed and returned by value. */
struct bundle {
	int weight;
	op *f;
	int spare[6];
};

static NOINLINE struct bundle make_bundle(op *f)
{
	struct bundle b = {.weight = 3, .f = f};

	return b;
}

static NOINLINE int use_bundle(struct bundle b)
{
	int r = b.f(b.weight, b.spare[2]);

	NO_TAIL();
	return r;
}

int main(void)
{
	union either two = {.two = add}, one = {.one = one_more};

	EXPECT(drive(&buses[0], 4) == 499);
	EXPECT(drive(&buses[1], 4) == 1042);
	EXPECT(by_index(0, 4) == 7);
	EXPECT(by_index(1, 4) == 1);
	EXPECT(by_index(2, 4) == 138);
	EXPECT(use_picked(0) == -5);
	EXPECT(use_picked(1) == 213);
	EXPECT(use_either(&two, 2) == 15);
	EXPECT(use_either(&one, 1) == 8);
	EXPECT(use_bundle(make_bundle(sub)) == 3);
	EXPECT(use_bundle(make_bundle(sum_of_many)) == 9);
	return failures;
}
