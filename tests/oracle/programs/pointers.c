/* The ways that a function pointer takes: returned, in unions and lists, through void *, variable arguments, copies of
   records, pointers to pointers, tables of tables, callbacks registered by other callbacks. */
#include "check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef int work(int);

#define WORK(name, size)                                                                           \
	static NOINLINE int name(int n)                                                            \
	{                                                                                          \
		char room[size];                                                                   \
                                                                                                   \
		room[n & 15] = (char)n;                                                            \
		KEEP(room);                                                                        \
		return n + (size);                                                                 \
	}

WORK(returned_one, 24)
WORK(returned_two, 40)
WORK(in_union, 56)
WORK(in_list_first, 72)
WORK(in_list_second, 88)
WORK(behind_void, 104)
WORK(behind_integer, 120)
WORK(variadic_one, 136)
WORK(variadic_two, 152)
WORK(by_value, 168)
WORK(copied, 184)
WORK(memory_copied, 200)
WORK(pointed_to, 216)
WORK(nested_table, 232)
WORK(registered, 248)
WORK(contained, 264)
WORK(exchanged, 280)
WORK(jumped, 296)
WORK(swapped_late, 312)

/* Returned, by a function that chooses and by one that passes on. */
static NOINLINE work *choose(int n)
{
	return n ? returned_one : returned_two;
}

static NOINLINE work *pass_on(work *w)
{
	return w;
}

static NOINLINE int call_returned(int n)
{
	int sum = choose(n)(n) + choose(!n)(n);

	return sum + pass_on(choose(n))(n);
}

union either {
	work *function;
	uintptr_t bits;
	void *pointer;
};

static NOINLINE int call_union(const union either *u, int n)
{
	union either other;
	int sum;

	other.pointer = u->pointer;
	sum = other.function(n);
	NO_TAIL();
	return sum;
}

struct link {
	struct link *next;
	work *run;
};

static NOINLINE void append(struct link **list, struct link *l, work *run)
{
	l->run = run;
	l->next = *list;
	*list = l;
}

static NOINLINE int call_list(int n)
{
	struct link *list = NULL, links[2];
	int sum = 0;

	append(&list, &links[0], in_list_first);
	append(&list, &links[1], in_list_second);
	for (struct link *l = list; l; l = l->next)
		sum += l->run(n);
	return sum;
}

struct context {
	void *data;
	uintptr_t number;
};

static NOINLINE int call_context(const struct context *c, int n)
{
	work *w = (work *)c->data;

	return w(n) + ((work *)c->number)(n) + 1;
}

static NOINLINE int call_variadic(int count, ...)
{
	va_list list;
	int sum = 0;

	va_start(list, count);
	for (int i = 0; i < count; i++)
		sum += va_arg(list, work *)(i);
	va_end(list);
	return sum;
}

struct request {
	int n;
	struct {
		work *done;
	} end;
};

static NOINLINE int call_by_value(struct request r)
{
	int sum = r.end.done(r.n);

	NO_TAIL();
	return sum;
}

static NOINLINE int call_copies(const struct request *r)
{
	struct request copy = *r, moved;
	int sum;

	KEEP(copy);
	sum = copy.end.done(copy.n);
	memcpy(&moved, r, sizeof(moved));
	moved.end.done = memory_copied;
	KEEP(moved);
	return sum + moved.end.done(moved.n);
}

static NOINLINE int call_pointer(work **place, int n)
{
	work *const *const again = place;
	int sum = (*again)(n);

	NO_TAIL();
	return sum;
}

static work *const row[] = {nested_table, NULL};
static work *const *const rows[] = {row, row};

static NOINLINE int call_rows(int n)
{
	int sum = rows[n & 1][0](n);

	NO_TAIL();
	return sum;
}

/* A callback registers the next one, through a pointer to the function that registers. */
static work *hook;
static void (*installer)(work *);

static NOINLINE void install(work *w)
{
	hook = w;
	KEEP(hook);
}

static NOINLINE int call_hook(int n)
{
	int sum;

	installer = install;
	KEEP(installer);
	installer(registered);
	sum = hook(n);
	NO_TAIL();
	return sum;
}

struct inner {
	int n;
};

struct outer {
	work *run;
	struct inner inner;
};

static NOINLINE int call_container(struct inner *i)
{
	struct outer *o = (struct outer *)((char *)i - offsetof(struct outer, inner));
	int sum = o->run(i->n);

	NO_TAIL();
	return sum;
}

/* The same layout under another name. */
struct plain {
	work *first;
	struct inner second;
};

static NOINLINE int call_other_type(void *p)
{
	struct plain *plain = p;
	int sum = plain->first(1);

	NO_TAIL();
	return sum;
}

static NOINLINE void exchange(work **a, work **b)
{
	work *t = *a;

	*a = *b;
	*b = t;
}

static jmp_buf back;

static NOINLINE int leave(work *w)
{
	longjmp(back, w(1));
}

static NOINLINE int call_jump(void)
{
	work *volatile w = jumped;

	if (setjmp(back))
		return 1;
	return leave(w);
}

static NOINLINE int compare(const void *a, const void *b)
{
	char room[64];

	KEEP(room);
	return *(const int *)a - *(const int *)b;
}

int main(void)
{
	static const int sorted[] = {1, 3, 5, 7, 9};
	union either u = {.function = in_union};
	struct context c = {(void *)behind_void, (uintptr_t)behind_integer};
	struct request r = {2, {by_value}};
	struct outer o = {contained, {3}};
	struct plain p = {swapped_late, {0}};
	work *w = pointed_to, *x = exchanged;
	int key = 7, sum = call_returned(0);

	KEEP(u);
	sum += call_union(&u, 1);
	sum += call_list(2);
	KEEP(c);
	sum += call_context(&c, 3);
	sum += call_variadic(2, variadic_one, variadic_two);
	sum += call_by_value(r);
	r.end.done = copied;
	sum += call_copies(&r);
	sum += call_pointer(&w, 4);
	exchange(&w, &x);
	sum += call_pointer(&w, 4);
	sum += call_rows(sum);
	sum += call_hook(5);
	sum += call_container(&o.inner);
	o.run = swapped_late;
	KEEP(o);
	sum += call_other_type(&p) + call_other_type(&o);
	sum += call_jump();
	sum += bsearch(&key, sorted, 5, sizeof(*sorted), compare) != NULL;
	EXPECT(sum > 0);
	return failures;
}
