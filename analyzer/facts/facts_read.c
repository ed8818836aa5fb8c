#include "facts/facts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * Strict reader of the text form (FORMAT.md): an unknown record, an unknown key, a key given twice, a bad number or a
 * missing "end" is an error with file and line. One pass over the bytes, no recursion.
 */

enum { MAX_FIELDS = 24 };

struct field {
	const char *key; /* NULL for a positional word */
	const char *value;
	bool used;
};

struct reader {
	struct facts *f;
	const char *name; /* for messages */
	size_t line;
	struct field fields[MAX_FIELDS];
	size_t n_fields;
	struct error *err;
};

static int fail(struct reader *r, const char *what, const char *detail)
{
	return error_set(r->err, "%s:%zu: %s%s%s", r->name, r->line, what, detail ? ": " : "",
			 detail ? detail : "");
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Undoes the %XX escapes; NULL when they are malformed or give a NUL. */
static const char *unescape(struct arena *a, const char *s, size_t len)
{
	char *out, *p;

	if (len == 1 && *s == '%')
		return "";
	out = p = arena_alloc(a, len + 1);
	for (size_t i = 0; i < len; i++) {
		int high, low;

		if (s[i] != '%') {
			*p++ = s[i];
			continue;
		}
		if (i + 2 >= len)
			return NULL;
		high = hex_digit(s[i + 1]);
		low = hex_digit(s[i + 2]);
		if (high < 0 || low < 0 || !(high | low))
			return NULL;
		*p++ = (char)(high * 16 + low);
		i += 2;
	}
	*p = '\0';
	return out;
}

static int split_fields(struct reader *r, const char *s, const char *end)
{
	r->n_fields = 0;
	while (s < end) {
		const char *stop = memchr(s, ' ', (size_t)(end - s));
		const char *equals;
		struct field *field = &r->fields[r->n_fields];

		if (!stop)
			stop = end;
		if (stop == s)
			return fail(r, "two blanks in a row, or a blank at the end", NULL);
		if (r->n_fields++ == MAX_FIELDS)
			return fail(r, "too many fields", NULL);
		/* Record and subject come first and may contain '='. */
		equals = r->n_fields > 2 ? memchr(s, '=', (size_t)(stop - s)) : NULL;
		if (!equals && r->n_fields > 2)
			return fail(r, "a field must be KEY=VALUE", NULL);
		*field = (struct field){0};
		if (equals) {
			field->key = arena_strndup(&r->f->arena, s, (size_t)(equals - s));
			s = equals + 1;
		}
		field->value = unescape(&r->f->arena, s, (size_t)(stop - s));
		if (!field->value)
			return fail(r, "malformed %XX escape", NULL);
		s = stop < end ? stop + 1 : end;
	}
	return 0;
}

/* The value of a key, or NULL. */
static const char *take(struct reader *r, const char *key)
{
	for (size_t i = 1; i < r->n_fields; i++) {
		struct field *field = &r->fields[i];

		if (field->key && !field->used && !strcmp(field->key, key)) {
			field->used = true;
			return field->value;
		}
	}
	return NULL;
}

/* The positional word behind the record's name, or NULL. */
static const char *take_subject(struct reader *r)
{
	if (r->n_fields < 2 || r->fields[1].key)
		return NULL;
	r->fields[1].used = true;
	return r->fields[1].value;
}

static int take_number(struct reader *r, const char *key, int64_t missing, int64_t min,
		       int64_t *out)
{
	const char *text = take(r, key);
	char *end;
	long long n;

	*out = missing;
	if (!text)
		return 0;
	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || end == text || *end || n < min)
		return fail(r, "bad number", key);
	*out = n;
	return 0;
}

static int take_flag(struct reader *r, const char *key, bool *out)
{
	int64_t n;

	if (take_number(r, key, 0, 0, &n))
		return -1;
	*out = n != 0;
	return 0;
}

/* Index of `word` among the names of an enum of `n` values. */
static int word_index(const char *word, const char *(*name)(unsigned), unsigned n)
{
	for (unsigned i = 0; word && i < n; i++)
		if (!strcmp(word, name(i)))
			return (int)i;
	return -1;
}

static const char *kind_word(unsigned i)
{
	return frame_kind_name((enum frame_kind)i);
}

static const char *origin_word(unsigned i)
{
	return frame_origin_name((enum frame_origin)i);
}

static const char *linkage_word(unsigned i)
{
	return linkage_name((enum linkage)i);
}

static const char *call_word(unsigned i)
{
	return call_kind_name((enum call_kind)i);
}

static const char *check_word(unsigned i)
{
	return check_source_name((enum check_source)i);
}

static const char *part_word(unsigned i)
{
	return part_kind_name((enum part_kind)i);
}

/* "FILE:LINE:COLUMN"; the file may hold colons. */
static int take_loc(struct reader *r, struct fact_loc *loc)
{
	const char *text = take(r, "at");
	const char *column, *line;
	char *end;

	if (!text)
		return 0;
	column = strrchr(text, ':');
	line = column ? memrchr(text, ':', (size_t)(column - text)) : NULL;
	if (!line || line == text)
		return fail(r, "a place must be FILE:LINE:COLUMN", text);
	loc->file = arena_strndup(&r->f->arena, text, (size_t)(line - text));
	loc->line = (uint32_t)strtoul(line + 1, &end, 10);
	if (end != column || end == line + 1)
		return fail(r, "a place must be FILE:LINE:COLUMN", text);
	loc->column = (uint32_t)strtoul(column + 1, &end, 10);
	if (*end || end == column + 1)
		return fail(r, "a place must be FILE:LINE:COLUMN", text);
	return 0;
}

static int read_unit(struct reader *r)
{
	struct facts *f = r->f;
	const char *status;

	f->unit = take_subject(r);
	f->module = take(r, "module");
	f->target = take(r, "target");
	f->compiler = take(r, "compiler");
	f->object_note = take(r, "object-note");
	if (take_number(r, "checked", 0, 0, &f->n_checked))
		return -1;
	status = take(r, "status");
	if (!f->unit || !f->target || !status)
		return fail(r, "unit needs a name, target= and status=", NULL);
	if (strcmp(status, "ok") && strcmp(status, "estimated"))
		return fail(r, "status must be ok or estimated", status);
	f->status = strcmp(status, "ok") ? UNIT_ESTIMATED : UNIT_OK;
	return 0;
}

static int read_func(struct reader *r)
{
	struct fact_func *fn = vec_push(&r->f->funcs);
	int linkage, kind, origin;
	int64_t entry;

	fn->symbol = take_subject(r);
	fn->name = take(r, "name");
	linkage = word_index(take(r, "linkage"), linkage_word, LINKAGE_INLINE + 1);
	kind = word_index(take(r, "kind"), kind_word, FRAME_UNMEASURED + 1);
	origin = word_index(take(r, "origin"), origin_word, ORIGIN_SHIPPED + 1);
	if (!fn->symbol || linkage < 0 || kind < 0 || origin < 0)
		return fail(r, "func needs a symbol, linkage=, kind= and origin=", NULL);
	fn->linkage = (enum linkage)linkage;
	fn->frame_kind = (enum frame_kind)kind;
	fn->frame_origin = (enum frame_origin)origin;
	if (!fn->name)
		fn->name = fn->symbol;
	fn->signature = take(r, "sig");
	fn->section = take(r, "section");
	fn->frame_note = take(r, "note");
	if (take_number(r, "frame", BYTES_UNKNOWN, 0, &fn->frame_bytes) ||
	    take_number(r, "entry", 0, 0, &entry) || take_flag(r, "taken", &fn->address_taken) ||
	    take_loc(r, &fn->loc))
		return -1;
	fn->entry_bytes = (uint32_t)entry;
	if (fn->frame_bytes == BYTES_UNKNOWN && fn->frame_kind < FRAME_ESTIMATED)
		return fail(r, "a measured func needs frame=", fn->symbol);
	return 0;
}

/* The function that an indented record belongs to. */
static int owner(struct reader *r, uint32_t *func)
{
	if (!r->f->funcs.n)
		return fail(r, "an indented record needs a func before it", NULL);
	*func = (uint32_t)(r->f->funcs.n - 1);
	return 0;
}

static int read_part(struct reader *r)
{
	struct fact_part *p = vec_push(&r->f->parts);
	int kind = word_index(take_subject(r), part_word, PART_UNKNOWN + 1);

	if (kind < 0)
		return fail(r, "unknown kind of part", NULL);
	p->kind = (enum part_kind)kind;
	p->name = take(r, "name");
	p->type = take(r, "type");
	p->declared_in = take(r, "in");
	for (size_t i = 1; i < r->n_fields; i++)
		p->has_offset |= r->fields[i].key && !strcmp(r->fields[i].key, "offset");
	if (owner(r, &p->func) || take_number(r, "bytes", BYTES_UNKNOWN, 0, &p->bytes) ||
	    take_number(r, "counted", p->bytes == BYTES_UNKNOWN ? 0 : p->bytes, 0, &p->counted) ||
	    take_number(r, "offset", 0, INT64_MIN, &p->offset) ||
	    take_flag(r, "aggregate", &p->aggregate) || take_loc(r, &p->loc))
		return -1;
	return 0;
}

static int read_call(struct reader *r)
{
	struct fact_call *c = vec_push(&r->f->calls);
	int kind = word_index(take_subject(r), call_word, CALL_INDIRECT_TAIL + 1);

	if (kind < 0)
		return fail(r, "unknown kind of call", NULL);
	c->kind = (enum call_kind)kind;
	c->callee = take(r, "to");
	c->within = take(r, "within");
	c->slot = take(r, "slot");
	c->signature = take(r, "sig");
	if (!c->callee != (c->kind == CALL_INDIRECT || c->kind == CALL_INDIRECT_TAIL))
		return fail(r, "direct and tail calls need to=, indirect ones must not have it",
			    NULL);
	if (owner(r, &c->func) || take_number(r, "depth", BYTES_UNKNOWN, 0, &c->depth_bytes) ||
	    take_loc(r, &c->loc))
		return -1;
	return 0;
}

static int read_mismatch(struct reader *r)
{
	struct fact_mismatch *m = vec_push(&r->f->mismatches);
	int source = word_index(take_subject(r), check_word, CHECK_UNWIND + 1);

	if (source < 0)
		return fail(r, "unknown source of a mismatch", NULL);
	m->source = (enum check_source)source;
	m->what = take(r, "what");
	return owner(r, &m->func) || take_number(r, "bytes", BYTES_UNKNOWN, 0, &m->bytes) ? -1 : 0;
}

static int read_bind(struct reader *r)
{
	struct fact_bind *b = vec_push(&r->f->binds);

	b->symbol = take_subject(r);
	b->slot = take(r, "slot");
	b->within = take(r, "within");
	if (!b->symbol)
		return fail(r, "bind needs a symbol", NULL);
	return take_loc(r, &b->loc);
}

static int read_alias(struct reader *r)
{
	struct fact_alias *a = vec_push(&r->f->aliases);
	int linkage = word_index(take(r, "linkage"), linkage_word, LINKAGE_INLINE + 1);

	a->symbol = take_subject(r);
	a->target = take(r, "target");
	if (!a->symbol || !a->target || linkage < 0)
		return fail(r, "alias needs a symbol, target= and linkage=", NULL);
	a->linkage = (enum linkage)linkage;
	return 0;
}

static int read_input(struct reader *r)
{
	const char *path = take_subject(r);

	if (!path)
		return fail(r, "input needs a path", NULL);
	*vec_push(&r->f->inputs) = path;
	return 0;
}

static int read_problem(struct reader *r)
{
	const char *text = take_subject(r);

	if (!text)
		return fail(r, "problem needs a text", NULL);
	*vec_push(&r->f->problems) = text;
	return 0;
}

static const struct record {
	const char *word;
	bool indented;
	int (*read)(struct reader *r);
} records[] = {
	{"func", false, read_func},	   {"part", true, read_part},
	{"call", true, read_call},	   {"bind", false, read_bind},
	{"alias", false, read_alias},	   {"unit", false, read_unit},
	{"input", false, read_input},	   {"problem", false, read_problem},
	{"mismatch", true, read_mismatch},
};

static int read_record(struct reader *r, const char *line, const char *end)
{
	bool indented = line < end && *line == '\t';

	if (split_fields(r, line + indented, end))
		return -1;
	if (!r->n_fields)
		return fail(r, "empty line", NULL);
	if (!r->f->unit && strcmp(r->fields[0].value, "unit"))
		return fail(r, "the first record must be unit", NULL);
	for (size_t i = 0; i < sizeof(records) / sizeof(*records); i++) {
		if (records[i].indented != indented || strcmp(records[i].word, r->fields[0].value))
			continue;
		if (records[i].read(r))
			return -1;
		for (size_t k = 1; k < r->n_fields; k++)
			if (!r->fields[k].used)
				return fail(r, "unknown or repeated field",
					    r->fields[k].key ? r->fields[k].key
							     : r->fields[k].value);
		return 0;
	}
	return fail(r, "unknown record", r->fields[0].value);
}

static int read_lines(struct reader *r, const char *text, const char *end)
{
	static const char magic[] = "stackcheck-facts 2";
	bool ended = false;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		r->line++;
		if (!stop)
			return fail(r, "the last line has no newline: the file was cut", NULL);
		if (ended)
			return fail(r, "text behind \"end\"", NULL);
		if (memchr(text, '\0', (size_t)(stop - text)))
			return fail(r, "NUL byte", NULL);
		if (r->line == 1) {
			if ((size_t)(stop - text) != strlen(magic) ||
			    memcmp(text, magic, strlen(magic)))
				return fail(r, "not a facts file of version 2", NULL);
		} else if (stop - text == 3 && !memcmp(text, "end", 3)) {
			ended = true;
		} else if (read_record(r, text, stop)) {
			return -1;
		}
		text = stop + 1;
	}
	if (!ended || !r->f->unit)
		return fail(r, "no \"end\": the file was cut", NULL);
	return 0;
}

/* Parts that claim to account for a whole frame must add up to it. The facts are sorted. */
static int check_sums(const struct facts *f, const char *name, struct error *err)
{
	for (size_t i = 0, n; i < f->parts.n; i += n) {
		const struct fact_part *first = &f->parts.v[i];
		const struct fact_func *fn = &f->funcs.v[first->func];
		bool whole;
		int64_t sum;

		for (n = 0; i + n < f->parts.n && first[n].func == first->func; n++)
			;
		sum = facts_parts_sum(first, n, &whole);
		if (whole && sum != fn->frame_bytes)
			return error_set(err,
					 "%s: the parts of func %s add up to %" PRId64
					 " bytes, which is not its frame",
					 name, fn->symbol, sum);
	}
	return 0;
}

int facts_read(struct facts *f, const char *text, size_t len, const char *name, struct error *err)
{
	struct reader r = {.f = f, .name = name, .err = err};

	*f = (struct facts){0};
	if (!read_lines(&r, text, text + len)) {
		/* Written by hand, perhaps: what follows relies on the canonical order. */
		facts_sort(f);
		if (!check_sums(f, name, err))
			return 0;
	}
	facts_release(f);
	*f = (struct facts){0};
	return -1;
}
