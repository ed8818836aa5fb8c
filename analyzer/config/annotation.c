/*
 * Comments "stackcheck: ..." of the source. Input: the text behind the colon, the function that it stands in. Output:
 * annotations and suppressions.
 *
 *     targets NAME, ... [through SLOT]     only ...     not ...     never NAME, ...
 *     recursion NUMBER     frame BYTES     cost [NAME] BYTES     noreturn [NAME]     entry [CONTEXT]
 *     allow RULE, ... [until DAY] because TEXT
 *
 * "because TEXT" may end every one of them. Words are read once from left to right.
 */
#include "base/map.h"
#include "base/suggest.h"
#include "base/text.h"
#include "config/reader.h"
#include "rules/model_file.h"
#include "rules/rule.h"

#include <errno.h>
#include <string.h>

#define BYTES_MAX (INT64_C(1) << 40)

struct comment {
	const struct fact_annotation *note;
	struct model *model;
	struct policy *policy;
	struct error *err;
	struct arena *a; /* of the model */
	VEC(const char *) words; /* commas are dropped */
	size_t next;
	const char *because; /* NULL: none */
};

static int bad(const struct comment *c, const char *problem)
{
	const struct fact_annotation *n = c->note;

	return error_set(c->err, "%s:%u: the comment 'stackcheck: %s' %s",
			 n->loc.file ? n->loc.file : "?", n->loc.line, n->text, problem);
}

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == ',';
}

/* Splits into words up to "because"; the rest is the reason. */
static void split(struct comment *c)
{
	const char *s = c->note->text;

	for (;;) {
		const char *start;

		while (is_blank(*s))
			s++;
		if (!*s)
			return;
		start = s;
		while (*s && !is_blank(*s))
			s++;
		if (s - start == 7 && !strncmp(start, "because", 7)) {
			while (is_blank(*s))
				s++;
			c->because = arena_strdup(c->a, s);
			return;
		}
		*vec_push(&c->words) = arena_strndup(c->a, start, (size_t)(s - start));
	}
}

static const char *word(struct comment *c)
{
	return c->next < c->words.n ? c->words.v[c->next++] : NULL;
}

static const char *peek(const struct comment *c, size_t ahead)
{
	return c->next + ahead < c->words.n ? c->words.v[c->next + ahead] : NULL;
}

/* The function that the comment stands in, told apart from others of its name where a file can do that. */
static const char *function_of(const struct comment *c)
{
	const char *file = c->note->loc.file, *within = c->note->within;

	if (!within || !file || !str_ends(file, ".c"))
		return within;
	return arena_printf(c->a, "%s:%s", file, within);
}

static void add(struct comment *c, enum annotation_kind kind, const char *function,
		const char *other, int64_t number)
{
	*vec_push(&c->model->annotations) = (struct annotation){
		.kind = kind,
		.function = function,
		.other = other,
		.number = number,
		.why = c->because,
		.in_source = true,
		.loc = c->note->loc,
	};
}

static int finish(struct comment *c)
{
	return peek(c, 0) ? bad(c, "goes on after its end") : 0;
}

/* NAME, ... [through SLOT]; the slot may hold blanks. */
static int read_names(struct comment *c, enum annotation_kind kind)
{
	size_t first = c->model->annotations.n, slots;
	struct buf slot = {0};
	const char *name;

	while ((name = word(c)) && strcmp(name, "through") != 0)
		add(c, kind, function_of(c), name, BYTES_UNKNOWN);
	if (c->model->annotations.n == first)
		return bad(c, "names no function");
	if (!name)
		return 0;
	if (kind == ANNOTATE_NEVER)
		return bad(c, "takes no 'through'");
	for (slots = 0; (name = word(c)); slots++)
		buf_printf(&slot, "%s%s", slots ? " " : "", name);
	if (slots) {
		name = arena_strdup(c->a, buf_str(&slot));
		for (size_t i = first; i < c->model->annotations.n; i++)
			c->model->annotations.v[i].slot = name;
	}
	buf_release(&slot);
	return slots ? 0 : bad(c, "names no slot after 'through'");
}

/* A whole number; "K" behind a number of bytes times 1024. */
static int read_number(struct comment *c, bool bytes, int64_t *value)
{
	const char *text = word(c);
	char *end;

	if (!text || *text < '0' || *text > '9')
		return bad(c, "needs a number");
	errno = 0;
	*value = strtoll(text, &end, 10);
	if (errno || *value > BYTES_MAX)
		return bad(c, "has a number that is too large");
	if (bytes && (!strcmp(end, "K") || !strcmp(end, "KiB")))
		*value *= 1024;
	else if (*end)
		return bad(c, "needs a number");
	return finish(c);
}

static int read_recursion(struct comment *c, enum annotation_kind kind)
{
	int64_t value;

	if (read_number(c, false, &value))
		return -1;
	if (!value)
		return bad(c, "says recursion 0: that is no recursion; use 'never'");
	add(c, kind, function_of(c), NULL, value);
	return 0;
}

static int read_frame(struct comment *c, enum annotation_kind kind)
{
	int64_t value;

	if (read_number(c, true, &value))
		return -1;
	add(c, kind, function_of(c), NULL, value);
	return 0;
}

/* [NAME] BYTES */
static int read_cost(struct comment *c, enum annotation_kind kind)
{
	const char *name = peek(c, 1) ? word(c) : c->note->within;
	int64_t value;

	if (read_number(c, true, &value))
		return -1;
	if (!name)
		return bad(c, "names no function, and stands neither in one nor right before one");
	add(c, kind, name, NULL, value);
	return 0;
}

static int read_noreturn(struct comment *c, enum annotation_kind kind)
{
	const char *name = word(c);

	if (!name)
		name = function_of(c);
	if (!name)
		return bad(c, "names no function, and stands neither in one nor right before one");
	if (finish(c))
		return -1;
	add(c, kind, name, NULL, BYTES_UNKNOWN);
	return 0;
}

/* [CONTEXT]: several words. */
static int read_entry(struct comment *c, enum annotation_kind kind)
{
	struct buf context = {0};
	const char *text;

	while ((text = word(c)))
		buf_printf(&context, "%s%s", context.len ? " " : "", text);
	add(c, kind, function_of(c), context.len ? arena_strdup(c->a, buf_str(&context)) : NULL,
	    BYTES_UNKNOWN);
	buf_release(&context);
	return 0;
}

static int check_rule(const struct comment *c, const char *id)
{
	struct suggestion near = {.word = id};

	if (strchr(id, '*') || rule_find(id))
		return 0;
	for (size_t i = 0; i < n_rules; i++)
		suggest(&near, rules[i]->id);
	if (near.best)
		return bad(c,
			   arena_printf(c->a, "allows '%s', which is no rule; did you mean '%s'?",
					id, near.best));
	return bad(c, arena_printf(c->a, "allows '%s', which is no rule", id));
}

/* RULE, ... [until DAY] because TEXT */
static int read_allow(struct comment *c, enum annotation_kind kind)
{
	size_t first = c->policy->suppressions.n;
	const char *id, *until = NULL;

	(void)kind;
	while ((id = word(c)) && strcmp(id, "until") != 0) {
		if (check_rule(c, id))
			return -1;
		*vec_push(&c->policy->suppressions) = (struct suppression){
			.rule = id,
			.function = c->note->within,
			.file = c->note->loc.file,
			.because = c->because,
			.in_source = true,
			.loc = c->note->loc,
		};
	}
	if (c->policy->suppressions.n == first)
		return bad(c, "allows no rule");
	if (id) {
		until = word(c);
		if (!until || !is_date(until))
			return bad(c, "needs a day such as 2027-01-31 after 'until'");
	}
	if (!c->because || !*c->because)
		return bad(c, "gives no reason; add 'because ...'");
	for (size_t i = first; i < c->policy->suppressions.n; i++)
		c->policy->suppressions.v[i].until = until;
	return finish(c);
}

static const struct {
	const char *name;
	int (*read)(struct comment *c, enum annotation_kind kind);
	enum annotation_kind kind;
	bool names_function; /* may stand outside of functions */
} verbs[] = {
	{"targets", read_names, ANNOTATE_TARGET, false},
	{"only", read_names, ANNOTATE_ONLY, false},
	{"not", read_names, ANNOTATE_NOT, false},
	{"never", read_names, ANNOTATE_NEVER, false},
	{"recursion", read_recursion, ANNOTATE_RECURSION, false},
	{"frame", read_frame, ANNOTATE_FRAME, false},
	{"cost", read_cost, ANNOTATE_COST, true},
	{"noreturn", read_noreturn, ANNOTATE_NORETURN, true},
	{"entry", read_entry, ANNOTATE_ENTRY, false},
	{"allow", read_allow, ANNOTATION_COUNT, false},
};

static int read_comment(struct comment *c)
{
	const char *verb = word(c);
	struct suggestion near = {.word = verb ? verb : ""};

	for (size_t i = 0; verb && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		suggest(&near, verbs[i].name);
		if (strcmp(verb, verbs[i].name) != 0)
			continue;
		if (!verbs[i].names_function && !c->note->within)
			return bad(c, "stands neither in a function nor right before one");
		return verbs[i].read(c, verbs[i].kind);
	}
	if (near.best)
		return bad(c, arena_printf(c->a, "begins with an unknown word; did you mean '%s'?",
					   near.best));
	return bad(c, "begins with none of targets, only, not, never, recursion, frame, cost, "
		      "noreturn, entry, allow");
}

int config_annotation_parse(const struct fact_annotation *note, struct model *model,
			    struct policy *policy, struct error *err)
{
	struct comment c = {.note = note, .model = model, .policy = policy, .err = err};
	size_t annotations = model->annotations.n, suppressions = policy->suppressions.n;
	int rc;

	c.a = &model->arena;
	split(&c);
	rc = read_comment(&c);
	vec_release(&c.words);
	if (rc) {
		model->annotations.n = annotations;
		policy->suppressions.n = suppressions;
	}
	return rc;
}

void config_annotations(const struct facts *const *units, size_t n_units, struct model *model,
			struct policy *policy, struct config_warnings *warnings)
{
	struct map seen = {0};

	for (size_t i = 0; i < n_units; i++) {
		for (size_t j = 0; j < units[i]->annotations.n; j++) {
			const struct fact_annotation *note = &units[i]->annotations.v[j];
			struct error err = {0};
			bool made;

			map_put_str(&seen,
				    arena_printf(&model->arena, "%s:%u:%u",
						 note->loc.file ? note->loc.file : units[i]->unit,
						 note->loc.line, note->loc.column),
				    &made);
			if (made && config_annotation_parse(note, model, policy, &err))
				*vec_push(&warnings->v) = arena_strdup(&model->arena, err.text);
		}
	}
	map_release(&seen);
}
