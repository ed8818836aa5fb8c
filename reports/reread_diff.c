/* The gate of a report read back: its verdict, and with a base run what changed since. */
#include "reports/json_run.h"
#include "reports/reread_parts.h"

#include <string.h>

static enum detail_kind detail_of(const char *word)
{
	for (int k = DETAIL_NEW; word && k < DETAIL_OTHER; k++)
		if (!strcmp(word, json_detail_kind((enum detail_kind)k)))
			return (enum detail_kind)k;
	return DETAIL_OTHER;
}

static struct diff_detail *read_details(struct rereader *r, const cJSON *object, size_t *n)
{
	const cJSON *list = reread_member(object, "details"), *item;
	struct diff_detail *v = arena_array(&r->to->arena, (size_t)cJSON_GetArraySize(list) + 1,
					    struct diff_detail);

	*n = 0;
	cJSON_ArrayForEach(item, list)
	{
		struct fact_loc loc = reread_place(r, item);
		const char *name = reread_text(r, item, "name");

		v[(*n)++] = (struct diff_detail){
			.kind = detail_of(cJSON_GetStringValue(reread_member(item, "kind"))),
			.name = name ? name : "",
			.type = reread_text(r, item, "type"),
			.old_type = reread_text(r, item, "old_type"),
			.declared_in = reread_text(r, item, "inlined_from"),
			.file = loc.file,
			.line = loc.line,
			.delta = reread_number(item, "delta", 0),
		};
	}
	return v;
}

static enum diff_cause cause_of(const cJSON *item)
{
	const char *word = cJSON_GetStringValue(reread_member(item, "cause"));

	for (int c = CAUSE_FRAME; word && c < CAUSE_NOT_DEEPEST; c++)
		if (!strcmp(word, diff_cause_name((enum diff_cause)c)))
			return (enum diff_cause)c;
	return CAUSE_NOT_DEEPEST;
}

/* The base's functions are not in a report: 0 stands for any of them. A reason asks only whether there was one. */
static void read_reason(struct rereader *r, const cJSON *item, struct diff_reason *to)
{
	struct fact_loc loc = reread_place(r, item);
	const char *label = reread_text(r, item, "function");

	*to = (struct diff_reason){
		.cause = cause_of(item),
		.before = NO_ID,
		.after = reread_labelled(r, label),
		.label = label ? label : "",
		.caller = reread_text(r, item, "caller"),
		.host = reread_text(r, item, "host"),
		.delta = reread_number(item, "delta", 0),
		.frame_before = reread_bytes(item, "frame_before"),
		.frame_after = reread_bytes(item, "frame_after"),
		.file = loc.file,
		.line = loc.line,
	};
	if (to->frame_before != BYTES_UNKNOWN)
		to->before = 0;
	if (to->frame_after == BYTES_UNKNOWN)
		to->after = NO_ID;
	to->details = read_details(r, item, &to->n_details);
}

static enum diff_state state_of(const cJSON *item)
{
	const char *word = cJSON_GetStringValue(reread_member(item, "state"));

	for (int s = DIFF_CHANGED; word && s <= DIFF_OUTLINED; s++)
		if (!strcmp(word, diff_state_name((enum diff_state)s)))
			return (enum diff_state)s;
	return DIFF_CHANGED;
}

/* What is gone has no function in the report. */
static uint32_t after_of(const struct rereader *r, enum diff_state state, const char *label)
{
	return state == DIFF_GONE || state == DIFF_INLINED ? NO_ID : reread_labelled(r, label);
}

static void read_entry(struct rereader *r, const cJSON *item)
{
	const cJSON *list = reread_member(item, "reasons"), *reason;
	struct diff_reason *reasons = arena_array(
		&r->to->arena, (size_t)cJSON_GetArraySize(list) + 1, struct diff_reason);
	struct diff_entry *e = vec_push(&r->to->diff.entries);
	const char *label = reread_text(r, item, "function");

	*e = (struct diff_entry){
		.state = state_of(item),
		.before = NO_ID,
		.label = label ? label : "",
		.old_label = reread_text(r, item, "old_function"),
		.bytes_before = reread_bytes(item, "before"),
		.bytes_after = reread_bytes(item, "after"),
		.delta = reread_number(item, "delta", 0),
		.budget = reread_bytes(item, "budget"),
		.crosses = reread_true(item, "crosses_budget"),
		.reasons = reasons,
	};
	e->after = after_of(r, e->state, label);
	cJSON_ArrayForEach(reason, list) read_reason(r, reason, &reasons[e->n_reasons++]);
}

static void read_function(struct rereader *r, const cJSON *item)
{
	struct diff_function *f = vec_push(&r->to->diff.functions);
	const char *label = reread_text(r, item, "function");

	*f = (struct diff_function){
		.state = state_of(item),
		.before = NO_ID,
		.label = label ? label : "",
		.old_label = reread_text(r, item, "old_function"),
		.host = reread_text(r, item, "host"),
		.bytes_before = reread_bytes(item, "before"),
		.bytes_after = reread_bytes(item, "after"),
		.delta = reread_number(item, "delta", 0),
		.copies = 1,
	};
	f->after = after_of(r, f->state, label);
	f->details = read_details(r, item, &f->n_details);
}

static void read_verdict(struct rereader *r, const cJSON *gate)
{
	struct gate_verdict *v = &r->to->verdict;

	v->word = reread_text(r, gate, "verdict");
	if (!v->word)
		return;
	v->reasons = reread_texts(r, gate, "reasons", &v->n_reasons);
	v->notices = reread_texts(r, gate, "notices", &v->n_notices);
	r->to->report.verdict = v;
}

void reread_diff(struct rereader *r)
{
	const cJSON *gate = reread_member(r->root, "gate"), *item;
	const cJSON *diff = reread_member(r->root, "diff");
	struct diff *d = &r->to->diff;

	read_verdict(r, gate);
	r->to->report.base_label = reread_text(r, gate, "base");
	if (!diff)
		return;
	r->to->before.run.commit = reread_text(r, gate, "base_commit");
	r->to->before.run.branch = reread_text(r, gate, "base_branch");
	d->before = &r->to->before;
	d->after = &r->to->after;
	d->differences = reread_texts(r, diff, "differences", &d->n_differences);
	cJSON_ArrayForEach(item, reread_member(diff, "entries")) read_entry(r, item);
	cJSON_ArrayForEach(item, reread_member(diff, "functions")) read_function(r, item);
	r->to->report.diff = d;
	r->to->report.diff_limits = (struct diff_limits){.bytes = 1};
}
