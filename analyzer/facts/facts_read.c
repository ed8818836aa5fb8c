#include "facts/facts_fields.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/*
 * Strict reader of the text form (FORMAT.md): an unknown record, an unknown key, a key given twice, a bad number or a
 * missing "end" is an error with file and line. One pass over the bytes, no recursion.
 */

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

static int read_unit(struct fields_reader *r)
{
	struct facts *f = r->f;
	const char *status;

	f->unit = fields_subject(r);
	f->module = fields_take(r, "module");
	f->target = fields_take(r, "target");
	f->compiler = fields_take(r, "compiler");
	f->object_note = fields_take(r, "object-note");
	if (fields_number(r, "checked", 0, 0, &f->n_checked))
		return -1;
	status = fields_take(r, "status");
	if (!f->unit || !f->target || !status)
		return fields_fail(r, "unit needs a name, target= and status=", NULL);
	if (strcmp(status, "ok") && strcmp(status, "estimated"))
		return fields_fail(r, "status must be ok or estimated", status);
	f->status = strcmp(status, "ok") ? UNIT_ESTIMATED : UNIT_OK;
	return 0;
}

static const char *mark_word(unsigned i)
{
	return func_mark_name((enum func_mark)i);
}

static int read_marks(struct fields_reader *r, uint32_t *marks)
{
	const char *text = fields_take(r, "marks");
	char *rest, *one;

	if (!text)
		return 0;
	rest = arena_strdup(&r->f->arena, text);
	while ((one = strsep(&rest, ","))) {
		int mark = fields_word(one, mark_word, MARK_COUNT);

		if (mark < 0)
			return fields_fail(r, "unknown mark", one);
		*marks |= 1u << mark;
	}
	return 0;
}

static int read_func(struct fields_reader *r)
{
	struct fact_func *fn = vec_push(&r->f->funcs);
	int linkage, kind, origin;
	int64_t entry;

	fn->symbol = fields_subject(r);
	fn->name = fields_take(r, "name");
	linkage = fields_word(fields_take(r, "linkage"), linkage_word, LINKAGE_INLINE + 1);
	kind = fields_word(fields_take(r, "kind"), kind_word, FRAME_UNMEASURED + 1);
	origin = fields_word(fields_take(r, "origin"), origin_word, ORIGIN_SHIPPED + 1);
	if (!fn->symbol || linkage < 0 || kind < 0 || origin < 0)
		return fields_fail(r, "func needs a symbol, linkage=, kind= and origin=", NULL);
	fn->linkage = (enum linkage)linkage;
	fn->frame_kind = (enum frame_kind)kind;
	fn->frame_origin = (enum frame_origin)origin;
	if (!fn->name)
		fn->name = fn->symbol;
	fn->signature = fields_take(r, "sig");
	fn->section = fields_take(r, "section");
	fn->role = fields_take(r, "role");
	fn->parent = fields_take(r, "parent");
	fn->frame_note = fields_take(r, "note");
	if (read_marks(r, &fn->marks) ||
	    fields_number(r, "frame", BYTES_UNKNOWN, 0, &fn->frame_bytes) ||
	    fields_number(r, "entry", 0, 0, &entry) ||
	    fields_flag(r, "taken", &fn->address_taken) || fields_loc(r, &fn->loc))
		return -1;
	fn->entry_bytes = (uint32_t)entry;
	if (fn->frame_bytes == BYTES_UNKNOWN && fn->frame_kind < FRAME_ESTIMATED)
		return fields_fail(r, "a measured func needs frame=", fn->symbol);
	return 0;
}

int fields_owner(struct fields_reader *r, uint32_t *func)
{
	if (!r->f->funcs.n)
		return fields_fail(r, "an indented record needs a func before it", NULL);
	*func = (uint32_t)(r->f->funcs.n - 1);
	return 0;
}

static int read_part(struct fields_reader *r)
{
	struct fact_part *p = vec_push(&r->f->parts);
	int kind = fields_word(fields_subject(r), part_word, PART_UNKNOWN + 1);

	if (kind < 0)
		return fields_fail(r, "unknown kind of part", NULL);
	p->kind = (enum part_kind)kind;
	p->name = fields_take(r, "name");
	p->type = fields_take(r, "type");
	p->declared_in = fields_take(r, "in");
	p->has_offset = fields_has(r, "offset");
	if (fields_owner(r, &p->func) || fields_number(r, "bytes", BYTES_UNKNOWN, 0, &p->bytes) ||
	    fields_number(r, "counted", p->bytes == BYTES_UNKNOWN ? 0 : p->bytes, 0, &p->counted) ||
	    fields_number(r, "offset", 0, INT64_MIN, &p->offset) ||
	    fields_flag(r, "aggregate", &p->aggregate) || fields_flag(r, "loop", &p->in_loop) ||
	    fields_flag(r, "format", &p->format_only) || fields_loc(r, &p->loc))
		return -1;
	return 0;
}

static int read_call(struct fields_reader *r)
{
	struct fact_call *c = vec_push(&r->f->calls);
	int kind = fields_word(fields_subject(r), call_word, CALL_INDIRECT_TAIL + 1);

	if (kind < 0)
		return fields_fail(r, "unknown kind of call", NULL);
	c->kind = (enum call_kind)kind;
	c->callee = fields_take(r, "to");
	c->within = fields_take(r, "within");
	c->chain = fields_take(r, "chain");
	c->slot = fields_take(r, "slot");
	c->via = fields_take(r, "via");
	c->object = fields_take(r, "object");
	c->signature = fields_take(r, "sig");
	if (!c->callee != (c->kind == CALL_INDIRECT || c->kind == CALL_INDIRECT_TAIL))
		return fields_fail(
			r, "direct and tail calls need to=, indirect ones must not have it", NULL);
	if (fields_owner(r, &c->func) ||
	    fields_number(r, "depth", BYTES_UNKNOWN, 0, &c->depth_bytes) || fields_loc(r, &c->loc))
		return -1;
	return 0;
}

static int read_mismatch(struct fields_reader *r)
{
	struct fact_mismatch *m = vec_push(&r->f->mismatches);
	int source = fields_word(fields_subject(r), check_word, CHECK_UNWIND + 1);

	if (source < 0)
		return fields_fail(r, "unknown source of a mismatch", NULL);
	m->source = (enum check_source)source;
	m->what = fields_take(r, "what");
	return fields_owner(r, &m->func) || fields_number(r, "bytes", BYTES_UNKNOWN, 0, &m->bytes)
		       ? -1
		       : 0;
}

static int read_input(struct fields_reader *r)
{
	const char *path = fields_subject(r);

	if (!path)
		return fields_fail(r, "input needs a path", NULL);
	*vec_push(&r->f->inputs) = path;
	return 0;
}

static int read_problem(struct fields_reader *r)
{
	const char *text = fields_subject(r);

	if (!text)
		return fields_fail(r, "problem needs a text", NULL);
	*vec_push(&r->f->problems) = text;
	return 0;
}

static const struct record {
	const char *word;
	unsigned tabs;
	int (*read)(struct fields_reader *r);
} records[] = {
	{"func", 0, read_func},		 {"part", 1, read_part},
	{"call", 1, read_call},		 {"arg", 2, fields_read_arg},
	{"value", 1, fields_read_value}, {"mismatch", 1, read_mismatch},
	{"bind", 0, fields_read_bind},	 {"flow", 0, fields_read_flow},
	{"guard", 0, fields_read_guard}, {"annotation", 0, fields_read_annotation},
	{"alias", 0, fields_read_alias}, {"unit", 0, read_unit},
	{"input", 0, read_input},	 {"problem", 0, read_problem},
};

static int read_record(struct fields_reader *r, const char *line, const char *end)
{
	unsigned tabs = 0;

	while (line + tabs < end && line[tabs] == '\t')
		tabs++;
	if (fields_split(r, line + tabs, end))
		return -1;
	if (!r->n_fields)
		return fields_fail(r, "empty line", NULL);
	if (!r->f->unit && strcmp(r->fields[0].value, "unit"))
		return fields_fail(r, "the first record must be unit", NULL);
	for (size_t i = 0; i < sizeof(records) / sizeof(*records); i++) {
		if (records[i].tabs != tabs || strcmp(records[i].word, r->fields[0].value))
			continue;
		if (records[i].read(r))
			return -1;
		for (size_t k = 1; k < r->n_fields; k++)
			if (!r->fields[k].used)
				return fields_fail(r, "unknown or repeated field",
						   r->fields[k].key ? r->fields[k].key
								    : r->fields[k].value);
		return 0;
	}
	return fields_fail(r, "unknown record", r->fields[0].value);
}

static int read_lines(struct fields_reader *r, const char *text, const char *end)
{
	static const char magic[] = "stackcheck-facts 4";
	bool ended = false;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		r->line++;
		if (!stop)
			return fields_fail(r, "the last line has no newline: the file was cut",
					   NULL);
		if (ended)
			return fields_fail(r, "text behind \"end\"", NULL);
		if (memchr(text, '\0', (size_t)(stop - text)))
			return fields_fail(r, "NUL byte", NULL);
		if (r->line == 1) {
			if ((size_t)(stop - text) != strlen(magic) ||
			    memcmp(text, magic, strlen(magic)))
				return fields_fail(r, "not a facts file of version 3", NULL);
		} else if (stop - text == 3 && !memcmp(text, "end", 3)) {
			ended = true;
		} else if (read_record(r, text, stop)) {
			return -1;
		}
		text = stop + 1;
	}
	if (!ended || !r->f->unit)
		return fields_fail(r, "no \"end\": the file was cut", NULL);
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
	struct fields_reader r = {.f = f, .name = name, .err = err};

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
