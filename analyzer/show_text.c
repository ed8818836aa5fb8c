/*
 * The parts of a frame add up to the frame, line by line: variables first, largest first, then what the compiler and the
 * calls take, one line for each kind. Variables that share their room (they are never alive together) count once.
 */
#include "show_text.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static void heading(const struct show *s, struct buf *out, const char *text)
{
	buf_printf(out, s->color ? "\n\033[1m%s\033[0m\n" : "\n%s\n", text);
}

static const char *printable(const struct show *s, const char *text)
{
	return text_printable(s->arena, text);
}

const char *show_label(const struct show *s, uint32_t func)
{
	return printable(s, program_func_label(s->program, s->arena, func));
}

const char *show_place(const struct show *s, const struct fact_loc *loc)
{
	if (!loc->file)
		return "";
	if (!loc->line)
		return arena_printf(s->arena, "  %s", printable(s, loc->file));
	return arena_printf(s->arena, "  %s:%u", printable(s, loc->file), loc->line);
}

const char *show_bytes(const struct show *s, int64_t bytes)
{
	return bytes == BYTES_UNKNOWN ? "?" : text_thousands(s->arena, bytes);
}

static void row(const struct show *s, struct buf *out, int64_t bytes)
{
	buf_printf(out, "  %8s  ", show_bytes(s, bytes));
}

const char *show_depth(const struct show *s, const struct depth *d)
{
	const char *bytes = show_bytes(s, d->bytes);

	if (d->bytes == BYTES_UNKNOWN)
		return "unknown";
	switch (d->bound) {
	case BOUND_EXACT: return arena_printf(s->arena, "%s bytes", bytes);
	case BOUND_AT_LEAST: return arena_printf(s->arena, ">= %s bytes", bytes);
	case BOUND_UNBOUNDED: break;
	}
	return arena_printf(s->arena, "unbounded, %s bytes with one turn of the recursion", bytes);
}

/* What calls it, on which stack, and how that is known. */
static void show_entry(const struct show *s, const struct program_func *f, struct buf *out)
{
	const struct model_entry *m = f->entry_model;

	if (!f->is_entry)
		return;
	buf_printf(out, "  entry    %s", printable(s, f->entry_context));
	if (m)
		buf_printf(out, ", on %s stack", entry_stack_name(m->stack));
	if (m && m->level)
		buf_printf(out, ", at %s", printable(s, m->level));
	if (f->entry_how)
		buf_printf(out, " (%s)", printable(s, f->entry_how));
	buf_putc(out, '\n');
	if (m && m->stack == STACK_SEGMENT && f->entry_stack_bytes > 0)
		buf_printf(out, "           with %s bytes of stack\n",
			   show_bytes(s, f->entry_stack_bytes));
}

static void show_head(const struct show *s, uint32_t func, struct buf *out)
{
	const struct program_func *f = &s->program->funcs[func];
	const struct fact_func *fact = f->fact;
	const struct facts *unit = s->program->units[f->unit];
	const struct depth *d = &s->depths->v[func];

	buf_printf(out, s->color ? "\033[1m%s\033[0m%s\n" : "%s%s\n", show_label(s, func),
		   show_place(s, &fact->loc));
	buf_printf(out, "  unit     %s, for %s\n", printable(s, unit->unit), unit->target);
	if (fact->signature)
		buf_printf(out, "  type     %s\n", printable(s, fact->signature));
	buf_printf(out, "  frame    %s bytes, %s (%s, %s)\n", show_bytes(s, fact->frame_bytes),
		   frame_kind_name(fact->frame_kind), frame_origin_name(fact->frame_origin),
		   unit->compiler ? unit->compiler : "not compiled");
	if (fact->frame_note)
		buf_printf(out, "           %s\n", printable(s, fact->frame_note));
	buf_printf(out, "  depth    %s\n", show_depth(s, d));
	if (d->possible_bytes > d->bytes)
		buf_printf(out, "           %s bytes if calls matched by type alone happen\n",
			   show_bytes(s, d->possible_bytes));
	for (int r = 0; r < REASON_COUNT; r++)
		if (d->reasons & 1u << r) {
			buf_printf(out, "           %s", reason_text((enum reason)r));
			if (d->witness[r] != NO_ID && d->witness[r] != func)
				buf_printf(out, " (in %s)", show_label(s, d->witness[r]));
			buf_putc(out, '\n');
		}
	show_entry(s, f, out);
}

static const struct fact_part *parts_of(const struct show *s, uint32_t func)
{
	const struct program_func *f = &s->program->funcs[func];

	return s->program->units[f->unit]->parts.v + f->first_part;
}

static int by_size(const void *a, const void *b)
{
	const struct fact_part *x = *(const struct fact_part *const *)a;
	const struct fact_part *y = *(const struct fact_part *const *)b;

	if (x->counted != y->counted)
		return x->counted > y->counted ? -1 : 1;
	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (str_compare(x->name, y->name))
		return str_compare(x->name, y->name);
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool is_object(const struct fact_part *p)
{
	return p->kind == PART_VARIABLE || p->kind == PART_DYNAMIC;
}

/* A variable, whatever its bytes; what of them is not its own is said behind it. */
static void show_object(const struct show *s, const struct fact_part *p, const char *own,
			bool estimated, struct buf *out)
{
	row(s, out, p->kind == PART_DYNAMIC || estimated ? p->bytes : p->counted);
	if (p->name)
		buf_printf(out, "%s%s%s", printable(s, p->name), p->type ? ": " : "",
			   p->type ? printable(s, p->type) : "");
	else
		buf_puts(out, p->kind == PART_DYNAMIC ? "variable-sized object"
						      : "a variable or temporary without a name");
	buf_puts(out, show_place(s, &p->loc));
	if (p->declared_in && strcmp(p->declared_in, own) != 0)
		buf_printf(out, "  (of %s, inlined)", printable(s, p->declared_in));
	if (!estimated && p->kind == PART_VARIABLE && p->counted < p->bytes)
		buf_printf(out, "  (%s bytes, %s)", show_bytes(s, p->bytes),
			   p->counted ? "the rest is shared or in the red zone"
				      : "shared or in the red zone");
	buf_putc(out, '\n');
}

struct kind_sum {
	enum part_kind kind;
	int64_t bytes;
	size_t count;
};

static int by_sum(const void *a, const void *b)
{
	const struct kind_sum *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

/* One line for all parts of a kind: they are many and all alike. */
static void show_kinds(const struct show *s, const struct fact_part **parts, size_t n,
		       struct buf *out)
{
	static const char *const what[] = {
		[PART_SPILL] = "registers spilled into",
		[PART_PROTECTOR] = "stack protector",
		[PART_RETURN] = "return address",
		[PART_SAVED] = "the caller's registers, saved in",
		[PART_ARGUMENTS] = "arguments of calls",
		[PART_PUSHED] = "pushed for a moment",
		[PART_REALIGNMENT] = "lost by aligning the stack, at worst",
		[PART_PADDING] = "padding",
		[PART_UNKNOWN] = "unknown",
	};
	struct kind_sum sums[PART_UNKNOWN + 1] = {0};

	for (size_t i = 0; i <= PART_UNKNOWN; i++)
		sums[i].kind = (enum part_kind)i;
	for (size_t i = 0; i < n; i++) {
		sums[parts[i]->kind].bytes += parts[i]->counted;
		sums[parts[i]->kind].count += !is_object(parts[i]);
	}
	qsort(sums, PART_UNKNOWN + 1, sizeof(*sums), by_sum);
	for (size_t i = 0; i <= PART_UNKNOWN; i++) {
		if (!sums[i].count)
			continue;
		row(s, out, sums[i].bytes);
		buf_puts(out, what[sums[i].kind]);
		if (sums[i].kind == PART_SPILL || sums[i].kind == PART_SAVED)
			buf_printf(out, " %zu slot%s", sums[i].count,
				   sums[i].count == 1 ? "" : "s");
		buf_putc(out, '\n');
	}
}

static void show_frame(const struct show *s, uint32_t func, struct buf *out)
{
	const struct fact_func *fact = s->program->funcs[func].fact;
	uint32_t n = s->program->funcs[func].n_parts;
	const struct fact_part *first = n ? parts_of(s, func) : NULL;
	const struct fact_part **parts = arena_array(s->arena, n + 1, const struct fact_part *);
	bool whole = false, estimated = fact->frame_kind == FRAME_ESTIMATED;
	int64_t sum = n ? facts_parts_sum(first, n, &whole) : 0;

	heading(s, out, "Frame: what takes the bytes");
	for (uint32_t i = 0; i < n; i++)
		parts[i] = &first[i];
	qsort(parts, n, sizeof(*parts), by_size);
	for (uint32_t i = 0; i < n; i++)
		if (is_object(parts[i]))
			show_object(s, parts[i], fact->name, estimated, out);
	show_kinds(s, parts, n, out);
	if (estimated) {
		buf_puts(out, "            (estimated from the declarations: the unit did not "
			      "compile)\n");
	} else if (whole || sum == fact->frame_bytes) {
		row(s, out, sum);
		buf_puts(out, "in all\n");
	} else if (fact->frame_bytes > sum) {
		row(s, out, fact->frame_bytes - sum);
		buf_puts(out, "unknown\n");
		row(s, out, fact->frame_bytes);
		buf_puts(out, "in all\n");
	}
}

const char *show_target(const struct show *s, const struct program_edge *e)
{
	if (e->to != NO_ID)
		return show_label(s, e->to);
	if (e->external != NO_ID)
		return printable(s, s->program->externals[e->external].symbol);
	return e->call->slot
		       ? arena_printf(s->arena, "unknown, through %s", printable(s, e->call->slot))
		       : "unknown, through a pointer";
}

/* How an edge is known, and what kind of call it is. */
const char *show_how(const struct show *s, const struct program_edge *e)
{
	bool tail = e->kind == CALL_TAIL || e->kind == CALL_INDIRECT_TAIL;
	const char *text = evidence_name(e->evidence);

	if (tail)
		text = arena_printf(s->arena, "%s, tail call", text);
	if (e->through != NO_ID)
		text = arena_printf(s->arena, "%s, passed to %s", text,
				    show_label(s, s->program->edges[e->through].from));
	if (e->by_caller)
		text = arena_printf(s->arena, "%s, counted at the callers that pass it", text);
	if (e->cut)
		text = arena_printf(s->arena, "%s, not followed", text);
	if (e->call->within)
		text = arena_printf(s->arena, "%s, in %s, inlined", text,
				    printable(s, e->call->within));
	return text;
}

/* The widest name on the path, for a column. */
static int name_columns(const struct show *s, const struct path *path)
{
	size_t most = strlen(show_label(s, path->last));

	for (uint32_t i = 0; i < path->n_edges; i++) {
		size_t n = strlen(show_label(s, s->program->edges[path->edges[i]].from));

		if (n > most)
			most = n;
	}
	return most > 40 ? 40 : (int)most;
}

static void show_path(const struct show *s, uint32_t func, struct buf *out)
{
	struct path path;
	int columns;

	path_worst(s->program, s->depths, func, s->arena, &path);
	columns = name_columns(s, &path);
	heading(s, out, "Worst path: bytes in use by each function when it calls the next one");
	for (uint32_t i = 0; i < path.n_edges; i++) {
		const struct program_edge *e = &s->program->edges[path.edges[i]];

		row(s, out, e->depth_bytes);
		buf_printf(out, "%-*s%s  (%s)\n", columns, show_label(s, e->from),
			   show_place(s, &e->call->loc), show_how(s, e));
	}
	if (path.external) {
		row(s, out, path.external_bytes);
		buf_printf(out, "%-*s  outside the scanned sources, cost given by the platform\n",
			   columns, printable(s, path.external->symbol));
	} else {
		row(s, out, program_frame_bytes(s->program, path.last));
		buf_printf(out, "%-*s  its own frame\n", columns, show_label(s, path.last));
	}
	if (path.turns_bytes) {
		row(s, out, path.turns_bytes);
		buf_puts(out, "further turns of recursion, which are limited\n");
	}
	row(s, out, path.bytes);
	buf_puts(out, "in all\n");
}

static void show_callers(const struct show *s, uint32_t func, struct buf *out)
{
	const struct program_func *f = &s->program->funcs[func];

	heading(s, out, "Called by");
	if (!f->n_in)
		buf_puts(out, "  nothing in the scanned sources\n");
	for (uint32_t i = 0; i < f->n_in; i++) {
		const struct program_edge *e =
			&s->program->edges[s->program->in_edges[f->first_in + i]];

		buf_printf(out, "  %s%s  (%s)\n", show_label(s, e->from),
			   show_place(s, &e->call->loc), show_how(s, e));
	}
}

static const char *target_depth(const struct show *s, const struct program_edge *e)
{
	const struct program_external *x;

	if (e->to != NO_ID)
		return arena_printf(s->arena, ", %s", show_depth(s, &s->depths->v[e->to]));
	if (e->external == NO_ID)
		return "";
	x = &s->program->externals[e->external];
	if (x->cost_bytes == BYTES_UNKNOWN)
		return ", outside the scanned sources";
	return arena_printf(s->arena, ", outside the scanned sources, %s bytes by the platform",
			    show_bytes(s, x->cost_bytes));
}

static void show_calls(const struct show *s, uint32_t func, struct buf *out)
{
	const struct program_func *f = &s->program->funcs[func];

	heading(s, out, "Calls: bytes in use at the call, and the depth below");
	if (!f->n_edges)
		buf_puts(out, "  nothing\n");
	for (uint32_t i = 0; i < f->n_edges; i++) {
		const struct program_edge *e = &s->program->edges[f->first_edge + i];

		row(s, out, e->depth_bytes);
		buf_printf(out, "%s%s%s  (%s)\n", show_target(s, e), target_depth(s, e),
			   show_place(s, &e->call->loc), show_how(s, e));
	}
}

void show_function(const struct show *s, uint32_t func, struct buf *out)
{
	show_head(s, func, out);
	show_frame(s, func, out);
	show_path(s, func, out);
	show_callers(s, func, out);
	show_calls(s, func, out);
}
