/*
 * Look-up in the allow-list. An argument fits the longest name in the table that begins it, when that row
 * takes joined values, or equals it; a pair's -fno-x and -mno-x are looked up as -fx and -mx.
 */
#include "input/args.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const struct arg_row table[] = {
#define KEEP(arity, name)	   {name, ARG_##arity, ARG_KEEP, 0},
#define DROP(reason, arity, name)  {name, ARG_##arity, ARG_##reason, 0},
#define TURN(handler, arity, name) {name, ARG_##arity, ARG_##handler, 0},
#include "input/args.def"
};

static int by_name(const void *a, const void *b)
{
	const struct arg_row *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void arg_table_init(struct arg_table *t, struct arena *a)
{
	t->n = sizeof(table) / sizeof(table[0]);
	t->rows = arena_memdup(a, table, sizeof(table));
	qsort(t->rows, t->n, sizeof(*t->rows), by_name);
	for (size_t i = 0; i < t->n; i++)
		t->rows[i].index = (uint16_t)i;
}

/* The last row whose name is not above the first `len` bytes of `arg`; NULL when all are. */
static const struct arg_row *floor_row(const struct arg_table *t, const char *arg, size_t len)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strncmp(t->rows[mid].name, arg, len);

		if (order < 0 || (!order && strlen(t->rows[mid].name) <= len))
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &t->rows[low - 1] : NULL;
}

/* A name that begins `arg` sorts at or before it, and so does whatever lies between the two; what those share
   with `arg` bounds the length of the name. */
static const struct arg_row *find_spelled(const struct arg_table *t, const char *arg)
{
	size_t full = strlen(arg), len = full;

	while (len) {
		const struct arg_row *row = floor_row(t, arg, len);
		size_t common = 0;

		if (!row)
			return NULL;
		while (common < len && row->name[common] == arg[common])
			common++;
		if (!row->name[common]) {
			if (common == full || row->arity == ARG_JOINED || row->arity == ARG_EITHER)
				return row;
			common--;
		}
		len = common;
	}
	return NULL;
}

const struct arg_row *arg_find(const struct arg_table *t, const char *arg)
{
	const struct arg_row *row = find_spelled(t, arg);
	char positive[128];

	if (row && !strcmp(row->name, arg))
		return row;
	if (!str_starts(arg, "-fno-") && !str_starts(arg, "-mno-"))
		return row;
	if (strlen(arg) < sizeof(positive)) {
		const struct arg_row *pair;

		positive[0] = '-';
		positive[1] = arg[1];
		strcpy(positive + 2, arg + 5);
		pair = find_spelled(t, positive);
		if (pair && pair->arity == ARG_PAIR)
			return pair;
	}
	return row;
}

const char *arg_reason(enum arg_verdict verdict)
{
	static const char *const reasons[] = {
		[ARG_WRITES] = "writes files",
		[ARG_LOADS] = "loads code or options from a file",
		[ARG_RUNS] = "runs other programs",
		[ARG_INTERNAL] = "internal option of the compiler",
		[ARG_LINKER] = "for the linker only",
		[ARG_WARNING] = "warnings do not change code",
		[ARG_DEBUG] = "stackcheck asks for its own debug information",
		[ARG_MESSAGE] = "changes messages only",
		[ARG_PROFILE] = "reads or writes a profile",
		[ARG_LTO] = "link-time optimization leaves no machine code to read",
		[ARG_GCC] = "GCC only",
		[ARG_LANGUAGE] = "not for C",
		[ARG_PLACE] = "names a place that stackcheck does not use",
		[ARG_UNKNOWN] = "not on the allow-list",
		[ARG_EMPTY] = "lacks its value",
		[ARG_INPUT] = "a further input file",
	};
	size_t n = sizeof(reasons) / sizeof(reasons[0]);

	return (size_t)verdict < n && reasons[verdict] ? reasons[verdict]
						       : "clang has no such value";
}
