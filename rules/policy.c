/*
 * What a project accepts. Input: findings with fingerprints, suppressions. Output: findings marked, uses counted.
 *
 * Every suppression that fits counts a use, so that one is "unused" only when nothing fits it at all; the first one in
 * force gives the reason. A comment accepts what is reported for the function that it stands in: in its file,
 * whatever the finding's own line is.
 */
#include "rules/policy.h"
#include "base/text.h"

#include <string.h>

const struct rule_setting *policy_rule(const struct policy *p, const char *rule)
{
	for (size_t i = 0; p && i < p->rules.n; i++) {
		if (!strcmp(p->rules.v[i].rule, rule))
			return &p->rules.v[i];
	}
	return NULL;
}

int64_t policy_limit(const struct policy *p, const char *rule, int64_t otherwise)
{
	const struct rule_setting *s = policy_rule(p, rule);

	return s && s->limit != BYTES_UNKNOWN ? s->limit : otherwise;
}

static bool fits_function(const char *pattern, const struct program *program, uint32_t func)
{
	const struct fact_func *f;

	if (!pattern)
		return true;
	if (func == NO_ID)
		return false;
	f = program->funcs[func].fact;
	return pattern_fits(pattern, f->name) || pattern_fits(pattern, f->symbol);
}

/* The finding's own place, or that of the function that it is reported for. */
static bool fits_file(const char *pattern, const struct program *program, const struct finding *f)
{
	const char *home = f->func == NO_ID ? NULL : program->funcs[f->func].fact->loc.file;

	return !pattern || (f->loc.file && pattern_fits(pattern, f->loc.file)) ||
	       (home && pattern_fits(pattern, home));
}

/* The comment stands on the finding's line, or on the one above: also where the code was inlined elsewhere. */
static bool is_beside(const struct suppression *s, const struct finding *f)
{
	return s->in_source && f->loc.file && !strcmp(f->loc.file, s->loc.file) &&
	       (f->loc.line == s->loc.line || f->loc.line == s->loc.line + 1);
}

static bool fits(const struct suppression *s, const struct program *program,
		 const struct finding *f)
{
	if (!pattern_fits(s->rule, f->rule))
		return false;
	if (is_beside(s, f))
		return true;
	return fits_function(s->function, program, f->func) && fits_file(s->file, program, f) &&
	       (!s->fingerprint || str_starts(f->fingerprint, s->fingerprint));
}

static const char *reason(struct arena *a, const struct suppression *s)
{
	const char *until = s->until ? arena_printf(a, ", until %s", s->until) : "";

	if (!s->loc.file)
		return arena_printf(a, "%s%s", s->because, until);
	return arena_printf(a, "%s (%s:%u%s)", s->because, s->loc.file, s->loc.line, until);
}

static void suppress(struct policy *p, const struct program *program, struct arena *a,
		     struct finding *f)
{
	for (size_t i = 0; i < p->suppressions.n; i++) {
		struct suppression *s = &p->suppressions.v[i];

		if (!fits(s, program, f))
			continue;
		s->n_used++;
		if (f->suppressed || s->expired || s->is_new)
			continue;
		f->suppressed = true;
		f->suppressed_why = reason(a, s);
	}
}

void policy_suppress(struct policy *p, const struct program *program, struct findings *findings)
{
	for (size_t i = 0; i < p->suppressions.n; i++) {
		struct suppression *s = &p->suppressions.v[i];

		s->n_used = 0;
		/* Days are compared as they are written: year, month, day. */
		s->expired = s->until && *p->today && strcmp(p->today, s->until) > 0;
	}
	for (size_t i = 0; i < findings->v.n; i++)
		suppress(p, program, &findings->arena, &findings->v.v[i]);
}

bool suppression_equal(const struct suppression *a, const struct suppression *b)
{
	return !strcmp(a->rule, b->rule) && !str_compare(a->function, b->function) &&
	       !str_compare(a->file, b->file) && !str_compare(a->fingerprint, b->fingerprint) &&
	       !str_compare(a->until, b->until) && a->in_source == b->in_source;
}

void policy_release(struct policy *p)
{
	vec_release(&p->rules);
	vec_release(&p->suppressions);
	arena_release(&p->arena);
	memset(p, 0, sizeof(*p));
}
