/*
 * The deepest path of each of the first entry points, frame by frame: the depth reached with the frame, its bytes,
 * the function, and where it makes the next call. Every step counts from CFA to CFA, so the last depth is the total.
 */
#include "base/text.h"
#include "reports/bounds.h"
#include "reports/steps.h"
#include "reports/text_parts.h"

enum {
	MAX_STEPS = 30, /* a longer path loses its middle */
	HEAD_STEPS = 18,
	TAIL_STEPS = 10,
	INDENT = 5,
	MIN_NAME = 16, /* columns that a name or a place never goes below */
	MIN_PLACE = 12,
	LINE_DIGITS = 6, /* ":12345" */
	MAX_MARK = 64, /* columns */
};

/* The path as lines of a table; names and marks are fit for a terminal. */
struct table {
	struct step *v;
	size_t n;
	size_t depth_columns, bytes_columns, name_columns;
};

static size_t widest(size_t columns, const char *text)
{
	size_t n = text_columns(text);

	return n > columns ? n : columns;
}

static void fill(struct text_report *t, const struct path *path, struct table *s)
{
	struct steps steps = steps_of_path(t->r, path, &t->arena);

	*s = (struct table){.v = steps.v, .n = steps.n};
	for (size_t i = 0; i < s->n; i++) {
		s->v[i].name = text_fit(t, s->v[i].name, 0);
		s->v[i].mark = text_fit(t, s->v[i].mark, MAX_MARK);
		s->depth_columns = widest(s->depth_columns, text_number(t, s->v[i].depth));
		s->bytes_columns = widest(s->bytes_columns, text_number(t, s->v[i].bytes));
		s->name_columns = widest(s->name_columns, s->v[i].name);
	}
}

static size_t name_column(const struct table *s)
{
	return INDENT + s->depth_columns + 2 + s->bytes_columns + 2;
}

static size_t place_column(const struct table *s)
{
	return name_column(s) + s->name_columns + 2;
}

/* The name's column gives way first, then the beginning of the place's directories. Numbers never do. */
static void fit_columns(const struct text_report *t, struct table *s)
{
	size_t used = name_column(s);
	size_t room = t->r->width > used ? t->r->width - used : 0;
	size_t most = room / 2 > MIN_NAME ? room / 2 : MIN_NAME;

	if (t->r->width && s->name_columns > most)
		s->name_columns = most;
}

/* The place in at most `room` columns (0: no limit); its line number stays. */
static void print_place(struct text_report *t, const struct step *step, size_t room)
{
	const char *line = step->loc.line ? arena_printf(&t->arena, ":%u", step->loc.line) : "";
	size_t columns = text_columns(line);

	if (room)
		room = room > columns + MIN_PLACE ? room - columns : MIN_PLACE;
	text_styled(t, STYLE_DIM, "%s%s", text_fit_end(t, step->loc.file, room), line);
}

/* A mark that the place leaves no room for gets a line of its own. */
static void print_place_and_mark(struct text_report *t, const struct table *s,
				 const struct step *step)
{
	size_t column = place_column(s), mark = text_columns(step->mark);
	size_t width = t->r->width;
	bool together = !width || !mark || column + MIN_PLACE + LINE_DIGITS + 2 + mark <= width;
	size_t room = width > column ? width - column : 1;

	if (step->loc.file) {
		if (together && mark && room > mark + 2)
			room -= mark + 2;
		print_place(t, step, width ? room : 0);
		if (mark && together)
			buf_puts(t->buf, "  ");
		else if (mark) {
			buf_putc(t->buf, '\n');
			text_pad_left(t, "", column);
		}
	}
	buf_printf(t->buf, "%s\n", step->mark);
}

static void print_step(struct text_report *t, const struct table *s, const struct step *step)
{
	const char *name = text_fit(t, step->name, s->name_columns);

	text_pad_left(t, "", INDENT);
	text_pad_left(t, text_number(t, step->depth), s->depth_columns);
	text_pad_left(t, text_number(t, step->bytes), s->bytes_columns + 2);
	buf_puts(t->buf, "  ");
	if (!step->loc.file && !*step->mark) {
		buf_printf(t->buf, "%s\n", name);
		return;
	}
	text_pad(t, name, s->name_columns + 2);
	print_place_and_mark(t, s, step);
}

static void print_elided(struct text_report *t, const struct table *s, size_t from, size_t to)
{
	int64_t bytes = s->v[to - 1].depth - s->v[from - 1].depth;

	text_pad_left(t, "", INDENT);
	text_styled(t, STYLE_DIM, "... %s, %s ...", text_count(t, to - from, "frame", "frames"),
		    text_bytes(t, bytes));
	buf_putc(t->buf, '\n');
}

static void print_header(struct text_report *t, struct table *s)
{
	size_t least = text_columns("depth");

	s->depth_columns = s->depth_columns < least ? least : s->depth_columns;
	s->bytes_columns = s->bytes_columns < least ? least : s->bytes_columns;
	s->name_columns = s->name_columns < 2 * least ? 2 * least : s->name_columns;
	fit_columns(t, s);
	if (t->r->color)
		buf_puts(t->buf, "\033[2m");
	text_pad_left(t, "", INDENT);
	text_pad_left(t, "depth", s->depth_columns);
	text_pad_left(t, "bytes", s->bytes_columns + 2);
	buf_puts(t->buf, "  ");
	text_pad(t, "function", s->name_columns + 2);
	buf_puts(t->buf, "next call at");
	if (t->r->color)
		buf_puts(t->buf, "\033[0m");
	buf_putc(t->buf, '\n');
}

static void print_path(struct text_report *t, const struct path *path)
{
	struct table s;

	fill(t, path, &s);
	print_header(t, &s);
	for (size_t i = 0; i < s.n; i++) {
		if (s.n > MAX_STEPS && i == HEAD_STEPS) {
			print_elided(t, &s, i, s.n - TAIL_STEPS);
			i = s.n - TAIL_STEPS;
		}
		print_step(t, &s, &s.v[i]);
	}
}

/* Rounded up: only what fits is 100 % or less. */
static const char *share(struct text_report *t, const struct entry *e)
{
	int64_t bytes = t->r->depths->v[e->func].bytes, budget = bound_budget(t->r, e);

	if (bytes == BYTES_UNKNOWN || budget <= 0)
		return "";
	return arena_printf(&t->arena, ", %s %% of %s",
			    text_thousands(&t->arena, (bytes * 100 + budget - 1) / budget),
			    text_number(t, budget));
}

static void reasons(struct text_report *t, uint32_t func)
{
	const struct depth *d = &t->r->depths->v[func];
	const char *line = NULL;

	for (unsigned i = 0; i < REASON_COUNT; i++) {
		const char *one;

		if (!(d->reasons & 1u << i))
			continue;
		one = reason_text((enum reason)i);
		if (d->witness[i] == func)
			one = arena_printf(&t->arena, "%s (here)", one);
		else if (d->witness[i] != NO_ID)
			one = arena_printf(&t->arena, "%s (in %s)", one,
					   text_fit(t, text_func(t, d->witness[i]), 48));
		if (i == REASON_SIGNATURE_CALL && d->possible_bytes > d->bytes)
			one = arena_printf(&t->arena, "%s: up to %s with them", one,
					   text_bytes(t, d->possible_bytes));
		line = line ? arena_printf(&t->arena, "%s; %s", line, one) : one;
	}
	if (line)
		text_wrapped(t, INDENT, arena_printf(&t->arena, "because of %s", line));
}

static void print_entry(struct text_report *t, size_t number, const struct entry *e)
{
	const struct depth *d = &t->r->depths->v[e->func];
	const char *context = t->r->program->funcs[e->func].entry_context;
	enum style style = e->over		     ? STYLE_ERROR
			   : d->bound == BOUND_EXACT ? STYLE_GOOD
						     : STYLE_WARNING;

	buf_printf(t->buf, "\n%3zu. ", number);
	text_styled(t, STYLE_HEADING, "%s", text_func(t, e->func));
	buf_puts(t->buf, ": ");
	text_styled(t, style, "%s%s", text_depth(t, d), share(t, e));
	if (context)
		buf_printf(t->buf, " (%s)", text_printable(&t->arena, context));
	buf_putc(t->buf, '\n');
	reasons(t, e->func);
	print_path(t, &e->path);
}

void text_paths(struct text_report *t)
{
	const struct report *r = t->r;
	size_t n = r->top < r->n_entries ? r->top : r->n_entries;

	if (!n)
		return;
	buf_putc(t->buf, '\n');
	text_styled(t, STYLE_HEADING, "Deepest paths");
	buf_printf(t->buf, " (%s of %s)\n", text_thousands(&t->arena, (long long)n),
		   text_count(t, r->n_entries, "entry point", "entry points"));
	for (size_t i = 0; i < n; i++)
		print_entry(t, i + 1, &r->entries[i]);
}
