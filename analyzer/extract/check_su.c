#include "extract/check_su.h"

#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "input/freshness.h"

#include <stdlib.h>
#include <string.h>

/*
 * .su: "FILE:LINE:COLUMN:NAME<tab>BYTES<tab>static|dynamic|dynamic,bounded" a function; clang leaves out the column. GCC counts
 * from the CFA as we do, so its numbers must be equal; clang counts neither the return address nor pushed arguments, so
 * its numbers with the return address must not be larger. GCC's numbers say nothing about code that our clang made.
 *
 * .ci: VCG, of which the edges matter: edge: { sourcename: "[FILE:]SYMBOL" targetname: "[FILE:]SYMBOL" ... }, a line each.
 * Every edge must be among our calls, but for "__indirect_call".
 */

enum { MAX_FILE = 64 << 20 };

struct check {
	struct facts *f;
	struct arena a;
	bool decorated; /* 32-bit Windows */
	struct map by_name; /* symbol without the numbers of copies -> function + 1 */
	uint32_t *next; /* the next function + 1 of the same name, 0: none */
	struct map by_symbol; /* aliases too -> function + 1 */
	struct map calls; /* "function callee", callee a number where it is ours */
};

/* "kref_put.constprop.0.isra.0" is "kref_put.constprop.isra" in a .su file. */
static const char *without_numbers(struct arena *a, const char *symbol)
{
	char *out = arena_strdup(a, symbol), *to = out;

	for (const char *p = symbol; *p;) {
		size_t digits = *p == '.' ? strspn(p + 1, "0123456789") : 0;

		if (digits && (p[1 + digits] == '.' || !p[1 + digits])) {
			p += 1 + digits;
			continue;
		}
		*to++ = *p++;
	}
	*to = '\0';
	return out;
}

/*
 * The name in the source of a symbol of 32-bit Windows: "_name", "_name@8" and "@name@8" are name, also before the suffix
 * of a copy. The compiler's files have names with and without all that.
 */
static const char *undecorated(struct check *c, const char *symbol, bool certain)
{
	size_t n = strcspn(symbol + 1, "@") + 1, digits = 0;
	const char *rest;

	if (!c->decorated || !*symbol)
		return symbol;
	if (symbol[n])
		digits = strspn(symbol + n + 1, "0123456789");
	if ((!certain && !digits) || (*symbol != '_' && *symbol != '@'))
		return symbol;
	rest = digits ? symbol + n + 1 + digits : symbol + n;
	return arena_printf(&c->a, "%.*s%s", (int)(n - 1), symbol + 1, rest);
}

static uint32_t find_func(const struct check *c, const char *symbol)
{
	uint64_t *known = map_find_str(&c->by_symbol, symbol);

	return known ? (uint32_t)*known : 0;
}

static const char *call_key(struct check *c, uint32_t func, const char *callee)
{
	uint32_t own = find_func(c, callee);

	return own ? arena_printf(&c->a, "%u #%u", func, own)
		   : arena_printf(&c->a, "%u %s", func, callee);
}

static void build(struct check *c)
{
	struct facts *f = c->f;

	c->next = mem_calloc(f->funcs.n + 1, sizeof(*c->next));
	for (uint32_t i = 0; i < f->funcs.n; i++) {
		const char *symbol = undecorated(c, f->funcs.v[i].symbol, true);
		uint64_t *first = map_put_str(&c->by_name, without_numbers(&c->a, symbol), NULL);

		c->next[i] = (uint32_t)*first;
		*first = (uint64_t)i + 1;
		*map_put_str(&c->by_symbol, symbol, NULL) = (uint64_t)i + 1;
	}
	for (size_t i = 0; i < f->aliases.n; i++) {
		uint32_t target = find_func(c, undecorated(c, f->aliases.v[i].target, true));

		if (target)
			*map_put_str(&c->by_symbol, undecorated(c, f->aliases.v[i].symbol, true),
				     NULL) = target;
	}
	for (size_t i = 0; i < f->calls.n; i++)
		if (f->calls.v[i].callee)
			map_put_str(&c->calls,
				    call_key(c, f->calls.v[i].func + 1,
					     undecorated(c, f->calls.v[i].callee, true)),
				    NULL);
}

static void release(struct check *c)
{
	map_release(&c->by_name);
	map_release(&c->by_symbol);
	map_release(&c->calls);
	arena_release(&c->a);
	free(c->next);
}

static void mismatch(struct check *c, uint32_t func, enum check_source source, int64_t bytes,
		     const char *what)
{
	if (func >= c->f->funcs.n)
		return;
	*vec_push(&c->f->mismatches) = (struct fact_mismatch){
		func, source, bytes, what ? arena_strdup(&c->f->arena, what) : NULL};
}

/* The name behind FILE:LINE:COLUMN: or FILE:LINE:, and whether there is a column. NULL: no row. */
static const char *row_name(char *place, bool *column)
{
	char *name = strrchr(place, ':'), *p = name;
	unsigned numbers = 0;

	while (p && p > place && numbers < 2) {
		char *end = p;

		while (p > place && p[-1] >= '0' && p[-1] <= '9')
			p--;
		if (p == end || p == place || p[-1] != ':')
			break;
		numbers++;
		p--;
	}
	*column = numbers == 2;
	return name && numbers ? name + 1 : NULL;
}

/* A bounded frame is at its worst here, and as the compiler knows it there. */
static bool agrees(const struct fact_func *f, bool gcc, int64_t bytes)
{
	if (f->frame_kind > FRAME_BOUNDED)
		return true;
	if (!gcc)
		return f->frame_bytes >= bytes + f->entry_bytes;
	return f->frame_kind == FRAME_FIXED ? f->frame_bytes == bytes : f->frame_bytes >= bytes;
}

/* Does one of the functions of a row's name agree with it? */
static bool one_agrees(const struct check *c, uint32_t first, bool gcc, int64_t bytes)
{
	for (uint32_t i = first; i; i = c->next[i - 1])
		if (agrees(&c->f->funcs.v[i - 1], gcc, bytes))
			return true;
	return false;
}

/* GCC's rows are about GCC's code only: false when the facts are not of that. */
static void check_row(struct check *c, char *line, bool shipped)
{
	char *size = strchr(line, '\t'), *qualifier = size ? strchr(size + 1, '\t') : NULL, *end;
	bool gcc, marked;
	const char *name;
	long long bytes;
	uint64_t *first;

	if (!qualifier)
		return;
	*size++ = '\0';
	*qualifier++ = '\0';
	bytes = strtoll(size, &end, 10);
	name = row_name(line, &gcc);
	if (!name || *end || bytes < 0 || strncmp(qualifier, "static", 6) || (gcc && !shipped))
		return;
	c->f->n_checked++;
	/* clang's mark that a name is to be taken as it is. */
	marked = *name == '\1';
	name = undecorated(c, name + marked, marked);
	first = map_find_str(&c->by_name, without_numbers(&c->a, name));
	if (!first)
		mismatch(c, 0, CHECK_SU, bytes, name);
	else if (!one_agrees(c, (uint32_t)*first, gcc, bytes))
		mismatch(c, (uint32_t)*first - 1, CHECK_SU, bytes, NULL);
}

/* The quoted word behind `key` of a line, without the file before a colon; NULL: none. */
static const char *quoted(struct check *c, const char *line, const char *key)
{
	const char *at = strstr(line, key), *end;
	const char *name;

	if (!at)
		return NULL;
	at += strlen(key);
	end = strchr(at, '"');
	if (!end)
		return NULL;
	name = arena_strndup(&c->a, at, (size_t)(end - at));
	at = strrchr(name, ':');
	return at ? at + 1 : name;
}

static void check_edge(struct check *c, const char *line)
{
	const char *from = quoted(c, line, "sourcename: \""), *to;
	uint32_t func;

	if (strncmp(line, "edge:", 5) || !from)
		return;
	to = quoted(c, line, "targetname: \"");
	if (!to || !strcmp(to, "__indirect_call"))
		return;
	from = undecorated(c, from, false);
	to = undecorated(c, to, false);
	func = find_func(c, from);
	c->f->n_checked++;
	if (!func)
		mismatch(c, 0, CHECK_CI, BYTES_UNKNOWN,
			 arena_printf(&c->a, "%s (from %s)", to, from));
	else if (!map_find_str(&c->calls, call_key(c, func, to)))
		mismatch(c, func - 1, CHECK_CI, BYTES_UNKNOWN, to);
}

/* Gives every line of the file X<suffix> beside the object. */
static void read_lines(struct check *c, const struct job *job, const char *suffix, bool shipped)
{
	size_t n = strlen(job->object);
	const char *dot = strrchr(path_base(job->object), '.');
	const char *path = arena_printf(
		&c->a, "%.*s%s", (int)(dot ? (size_t)(dot - job->object) : n), job->object, suffix);
	struct buf text = {0};
	struct error err = {0};
	char *line, *save = NULL;

	if (!file_exists(path) || file_read(path, MAX_FILE, &text, &err)) {
		buf_release(&text);
		return;
	}
	*vec_push(&c->f->inputs) = arena_strdup(&c->f->arena, path);
	for (line = text.len ? strtok_r(text.data, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (!strcmp(suffix, ".su"))
			check_row(c, line, shipped);
		else
			check_edge(c, line);
	}
	buf_release(&text);
}

static bool is_decorated(const char *triple)
{
	return triple[0] == 'i' && (strstr(triple, "windows") || strstr(triple, "mingw"));
}

void check_su(const struct job *job, struct facts *f)
{
	struct check c = {.f = f, .decorated = is_decorated(job->target)};
	bool shipped = f->funcs.n && f->funcs.v[0].frame_origin == ORIGIN_SHIPPED;

	/* Beside a stale object stand stale files. */
	if (!f->funcs.n || f->status != UNIT_OK || !job->object || f->object_note ||
	    (!shipped && job_object_note(job, f->inputs.v, f->inputs.n, &c.a))) {
		arena_release(&c.a);
		return;
	}
	build(&c);
	read_lines(&c, job, ".su", shipped);
	if (shipped)
		read_lines(&c, job, ".ci", shipped);
	release(&c);
}
