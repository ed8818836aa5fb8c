/* Sections "modules", "entries", "externals" and "annotations" of the configuration: what a project knows of its code. */
#include "base/buf.h"
#include "config/reader.h"
#include "rules/model_file.h"

#include <string.h>

/* What stands for a reason where none is given. */
static const char *default_why(const struct reader *r, const struct yaml_node *n)
{
	return arena_printf(&r->c->arena, "%s:%u", r->shown, n->line);
}

/* module: pattern, or a list of patterns */
int read_modules(const struct reader *r, const struct yaml_node *n, void *out)
{
	(void)out;
	if (n->kind != YAML_MAP)
		return reader_bad(r, n, "must be a map of modules and patterns");
	for (const struct yaml_node *m = n->children; m; m = m->next) {
		struct texts patterns = {0};
		int rc = take_texts(r, m, &patterns);

		for (size_t i = 0; !rc && i < patterns.v.n; i++)
			*vec_push(&r->c->model.modules) = (struct model_module){
				.name = m->key, .pattern = patterns.v.v[i]->text};
		vec_release(&patterns.v);
		if (rc)
			return rc;
	}
	return 0;
}

/* An entry as it is written. */
struct written_entry {
	struct texts patterns;
	const char *context, *stack, *level, *why;
	bool boundary, has_boundary;
	int64_t size_argument;
};

static int take_boundary(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct written_entry *x = out;

	x->has_boundary = true;
	return take_bool(r, n, &x->boundary);
}

static int take_stack(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct buf words = {0};
	int rc;

	for (int i = 0; i < STACK_COUNT; i++)
		buf_printf(&words, "%s%s", i ? "|" : "", entry_stack_name((enum entry_stack)i));
	rc = take_choice(r, n, buf_str(&words));
	buf_release(&words);
	return rc ? rc : take_text(r, n, out);
}

static const struct reader_key entry_keys[] = {
	{"pattern", take_texts, offsetof(struct written_entry, patterns)},
	{"context", take_text, offsetof(struct written_entry, context)},
	{"stack", take_stack, offsetof(struct written_entry, stack)},
	{"level", take_text, offsetof(struct written_entry, level)},
	{"boundary", take_boundary, 0},
	{"size_argument", take_count, offsetof(struct written_entry, size_argument)},
	{"why", take_text, offsetof(struct written_entry, why)},
};

static int add_entry(const struct reader *r, const struct yaml_node *n, struct written_entry *w)
{
	struct model_entry x = {
		.context = w->context ? w->context : "configured",
		.stack = w->stack ? entry_stack_find(w->stack) : STACK_THREAD,
		.level = w->level,
		.size_argument = (int)w->size_argument,
		.why = w->why ? w->why : default_why(r, n),
	};

	if (!w->patterns.v.n)
		return reader_bad(r, n, "needs a 'pattern' in each entry");
	if (w->size_argument > 255 || (w->size_argument >= 0 && x.stack != STACK_SEGMENT))
		return reader_bad(
			r, n, "takes a 'size_argument' up to 255, and with 'stack: segment' only");
	x.boundary = w->has_boundary ? w->boundary : x.stack != STACK_THREAD;
	for (size_t i = 0; i < w->patterns.v.n; i++) {
		const struct yaml_node *p = w->patterns.v.v[i];
		const char *problem = model_pattern_problem(p->text);

		if (problem)
			return reader_bad(r, p, "has the pattern '%s', which %s", p->text, problem);
		x.pattern = p->text;
		model_add_entry(&r->c->model, &x);
	}
	return 0;
}

static int read_entry(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct written_entry w = {.size_argument = -1};
	int rc = reader_map(r, n, "an entry", entry_keys,
			    sizeof(entry_keys) / sizeof(entry_keys[0]), &w);

	(void)out;
	if (!rc)
		rc = add_entry(r, n, &w);
	vec_release(&w.patterns.v);
	return rc;
}

int read_entries(const struct reader *r, const struct yaml_node *n, void *out)
{
	return reader_list(r, n, read_entry, out);
}

static int take_callback(const struct reader *r, const struct yaml_node *n, void *out)
{
	static const struct reader_key keys[] = {
		{"argument", take_count, 0},
		{"bytes", take_bytes, sizeof(int64_t)},
	};
	int64_t values[2] = {-1, BYTES_UNKNOWN};
	struct model_external *x = out;
	struct model_callback *grown;

	if (n->kind == YAML_MAP ? reader_map(r, n, "a callback", keys, 2, values)
				: take_count(r, n, values))
		return -1;
	if (values[0] < 0 || values[0] > 255)
		return reader_bad(r, n, "needs the callback's 'argument', from 0 to 255");
	grown = arena_array(&r->c->arena, x->n_callbacks + 1, struct model_callback);
	if (x->n_callbacks)
		memcpy(grown, x->callbacks, x->n_callbacks * sizeof(*grown));
	grown[x->n_callbacks++] = (struct model_callback){(uint32_t)values[0], values[1]};
	x->callbacks = grown;
	return 0;
}

static int take_callbacks(const struct reader *r, const struct yaml_node *n, void *out)
{
	return reader_list(r, n, take_callback, out);
}

static int take_depth(const struct reader *r, const struct yaml_node *n, void *out)
{
	int64_t depth;

	if (take_count(r, n, &depth))
		return -1;
	if (depth > 64)
		return reader_bad(r, n, "must be at most 64");
	*(uint32_t *)out = (uint32_t)depth;
	return 0;
}

static const struct reader_key external_keys[] = {
	{"bytes", take_bytes, offsetof(struct model_external, bytes)},
	{"floor", take_bool, offsetof(struct model_external, floor)},
	{"noreturn", take_bool, offsetof(struct model_external, noreturn)},
	{"callbacks", take_callbacks, 0},
	{"reenters", take_text, offsetof(struct model_external, reenters)},
	{"reentry_needs", take_text, offsetof(struct model_external, reentry_needs)},
	{"reentry_depth", take_depth, offsetof(struct model_external, reentry_depth)},
	{"why", take_text, offsetof(struct model_external, why)},
};

/* symbol: bytes, or symbol: a map of what is known */
static int read_external(const struct reader *r, const struct yaml_node *n)
{
	struct model_external x = {
		.symbol = n->key, .bytes = BYTES_UNKNOWN, .why = default_why(r, n)};

	if (n->kind != YAML_MAP) {
		if (take_bytes(r, n, &x.bytes))
			return -1;
	} else if (reader_map(r, n, "an external", external_keys,
			      sizeof(external_keys) / sizeof(external_keys[0]), &x)) {
		return -1;
	}
	if (x.floor && x.bytes == BYTES_UNKNOWN)
		return reader_bad(r, n, "has a 'floor' without 'bytes'");
	if (x.reentry_needs && !x.reenters)
		return reader_bad(r, n, "has 'reentry_needs' without 'reenters'");
	if (x.reentry_depth && !x.reenters)
		return reader_bad(r, n, "has a 'reentry_depth' without 'reenters'");
	*vec_push(&r->c->model.externals) = x;
	return 0;
}

int read_externals(const struct reader *r, const struct yaml_node *n, void *out)
{
	(void)out;
	if (n->kind != YAML_MAP)
		return reader_bad(r, n, "must be a map of symbols");
	for (const struct yaml_node *m = n->children; m; m = m->next) {
		if (read_external(r, m))
			return -1;
	}
	return 0;
}

/* An annotation as it is written: the keys say what it is. */
struct written_annotation {
	const char *function, *slot, *why, *context;
	struct texts lists[ANNOTATION_COUNT]; /* names, by kind */
	int64_t numbers[ANNOTATION_COUNT]; /* by kind; BYTES_UNKNOWN: not there */
	bool noreturn;
};

#define LIST(kind)   offsetof(struct written_annotation, lists[kind])
#define NUMBER(kind) offsetof(struct written_annotation, numbers[kind])

static const struct reader_key annotation_keys[] = {
	{"function", take_text, offsetof(struct written_annotation, function)},
	{"slot", take_text, offsetof(struct written_annotation, slot)},
	{"targets", take_texts, LIST(ANNOTATE_TARGET)},
	{"only", take_texts, LIST(ANNOTATE_ONLY)},
	{"not", take_texts, LIST(ANNOTATE_NOT)},
	{"never", take_texts, LIST(ANNOTATE_NEVER)},
	{"recursion", take_count, NUMBER(ANNOTATE_RECURSION)},
	{"frame", take_bytes, NUMBER(ANNOTATE_FRAME)},
	{"cost", take_bytes, NUMBER(ANNOTATE_COST)},
	{"noreturn", take_bool, offsetof(struct written_annotation, noreturn)},
	{"entry", take_text, offsetof(struct written_annotation, context)},
	{"why", take_text, offsetof(struct written_annotation, why)},
};

static bool takes_slot(enum annotation_kind kind)
{
	return kind == ANNOTATE_TARGET || kind == ANNOTATE_ONLY || kind == ANNOTATE_NOT;
}

/* One annotation for each name and number; gives how many. */
static size_t add_annotations(const struct reader *r, const struct yaml_node *n,
			      const struct written_annotation *w)
{
	struct annotation x = {.function = w->function, .why = w->why, .loc = reader_loc(r, n)};
	size_t before = r->c->model.annotations.n;

	for (int kind = 0; kind < ANNOTATION_COUNT; kind++) {
		x.kind = (enum annotation_kind)kind;
		x.slot = takes_slot(x.kind) ? w->slot : NULL;
		x.other = kind == ANNOTATE_ENTRY ? w->context : NULL;
		x.number = w->numbers[kind];
		if (w->numbers[kind] != BYTES_UNKNOWN ||
		    (kind == ANNOTATE_NORETURN && w->noreturn) ||
		    (kind == ANNOTATE_ENTRY && w->context))
			*vec_push(&r->c->model.annotations) = x;
		for (size_t i = 0; i < w->lists[kind].v.n; i++) {
			x.other = w->lists[kind].v.v[i]->text;
			*vec_push(&r->c->model.annotations) = x;
		}
	}
	return r->c->model.annotations.n - before;
}

static int check_annotation(const struct reader *r, const struct yaml_node *n,
			    const struct written_annotation *w)
{
	bool has_slot_kind = w->lists[ANNOTATE_TARGET].v.n || w->lists[ANNOTATE_ONLY].v.n ||
			     w->lists[ANNOTATE_NOT].v.n;

	if (!w->function)
		return reader_bad(r, n, "needs a 'function' in each annotation");
	if (w->slot && !has_slot_kind)
		return reader_bad(r, n, "takes a 'slot' with targets, only or not");
	if (!w->numbers[ANNOTATE_RECURSION])
		return reader_bad(r, n, "says recursion 0: that is no recursion; use 'never'");
	return 0;
}

static int read_annotation(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct written_annotation w = {0};
	int rc;

	(void)out;
	for (int i = 0; i < ANNOTATION_COUNT; i++)
		w.numbers[i] = BYTES_UNKNOWN;
	rc = reader_map(r, n, "an annotation", annotation_keys,
			sizeof(annotation_keys) / sizeof(annotation_keys[0]), &w);
	if (!rc)
		rc = check_annotation(r, n, &w);
	if (!rc && !add_annotations(r, n, &w))
		rc = reader_bad(r, n, "has an annotation that says nothing of %s", w.function);
	for (int i = 0; i < ANNOTATION_COUNT; i++)
		vec_release(&w.lists[i].v);
	return rc;
}

int read_annotations(const struct reader *r, const struct yaml_node *n, void *out)
{
	return reader_list(r, n, read_annotation, out);
}
