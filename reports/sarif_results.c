/* The member "results" of a SARIF log. */
#include "reports/escape.h"
#include "reports/sarif_parts.h"
#include "rules/words.h"

#include <string.h>

/* New findings are kept before known ones, and those before suppressed ones. */
static unsigned importance(const struct issue *i)
{
	return i->suppressed ? 2 : i->state == STATE_EXISTING ? 1 : 0;
}

/* Which results are kept when there are too many: all of a more important kind, then the first ones. */
static bool *choose(struct sarif *s)
{
	bool *keep = arena_array(&s->arena, s->issues.v.n + 1, bool);
	size_t n = 0;

	for (unsigned kind = 0; kind < 3; kind++) {
		for (size_t i = 0; i < s->issues.v.n; i++) {
			if (importance(&s->issues.v.v[i]) != kind || n == SARIF_RESULTS)
				continue;
			keep[i] = true;
			n++;
		}
	}
	s->results_left_out = s->issues.v.n - n;
	return keep;
}

static const char *step_text(const struct step *step, struct arena *a)
{
	const char *bytes = step->bytes == BYTES_UNKNOWN ? "an unknown number of bytes"
							 : words_bytes(a, step->bytes);

	return arena_printf(a, "%s takes %s%s%s%s%s%s", step->name, bytes,
			    step->depth == BYTES_UNKNOWN ? "" : ", ",
			    step->depth == BYTES_UNKNOWN ? "" : words_bytes(a, step->depth),
			    step->depth == BYTES_UNKNOWN ? "" : " in all", *step->mark ? "; " : "",
			    step->mark);
}

static void flow_step(struct sarif *s, const struct fact_loc *loc, size_t level, const char *text)
{
	struct json_out *o = &s->out;

	json_object(o, NULL, JSON_INLINE);
	sarif_location(s, "location", loc, text);
	json_int(o, "nestingLevel", (int64_t)level);
	json_end(o);
	s->n_steps++;
}

/* Viewers break off at a step without a place: one stands where the step before it does. */
static void flow_steps(struct sarif *s, const struct issue *i, const struct steps *path,
		       struct arena *a)
{
	struct fact_loc loc = i->origin.file ? i->origin : i->loc;
	size_t cut = path->n > SARIF_PATH ? path->n - SARIF_PATH + 1 : 0;

	for (size_t k = 0; k < path->n; k++) {
		if (cut && k == SARIF_PATH / 2) {
			flow_step(s, &loc, k, arena_printf(a, "%zu steps are left out here", cut));
			k += cut;
		}
		if (path->v[k].loc.file)
			loc = path->v[k].loc;
		flow_step(s, &loc, k, step_text(&path->v[k], a));
	}
	s->paths_shortened += cut > 0;
}

/* One flow with one thread: viewers show only the first. */
static void code_flow(struct sarif *s, const struct issue *i)
{
	struct json_out *o = &s->out;
	struct arena a = {0};
	struct steps path = issue_steps(s->r, i, &a);
	size_t n = path.n < SARIF_PATH ? path.n : SARIF_PATH;

	if (path.n && s->n_steps + n > SARIF_STEPS) {
		s->paths_left_out++;
	} else if (path.n) {
		json_array(o, "codeFlows", JSON_INLINE);
		json_object(o, NULL, JSON_INLINE);
		json_array(o, "threadFlows", JSON_INLINE);
		json_object(o, NULL, JSON_INLINE);
		json_array(o, "locations", JSON_LINES);
		flow_steps(s, i, &path, &a);
		json_end(o);
		json_end(o);
		json_end(o);
		json_end(o);
		json_end(o);
	}
	arena_release(&a);
}

static const char *baseline_state(const struct issue *i)
{
	if (i->state == STATE_NEW)
		return "new";
	return i->change ? "updated" : "unchanged";
}

static void states(struct sarif *s, const struct issue *i)
{
	struct json_out *o = &s->out;

	if (s->has_baseline)
		json_str(o, "baselineState", baseline_state(i));
	if (!s->has_suppressions)
		return;
	json_array(o, "suppressions", JSON_INLINE);
	if (i->suppressed) {
		json_object(o, NULL, JSON_INLINE);
		json_str(o, "kind", "external");
		json_str(o, "status", "accepted");
		if (i->suppressed_why)
			json_str(o, "justification", escape_sarif(&s->arena, i->suppressed_why));
		json_end(o);
	}
	json_end(o);
}

static void result_properties(struct sarif *s, const struct issue *i)
{
	struct json_out *o = &s->out;

	json_object(o, "properties", JSON_INLINE);
	json_bytes(o, "bytes", i->bytes);
	json_bytes(o, "limit", i->limit);
	json_bool(o, "exact", !i->why);
	json_end(o);
}

static void result(struct sarif *s, const struct issue *i)
{
	struct json_out *o = &s->out;
	int index = sarif_rule_index(s, i->rule);
	const char *text = issue_line(i, &s->arena);

	json_object(o, NULL, JSON_LINES);
	json_str(o, "ruleId", i->rule);
	if (index >= 0)
		json_int(o, "ruleIndex", index);
	json_str(o, "level", severity_name(i->severity));
	sarif_message(s, "message",
		      i->advice ? arena_printf(&s->arena, "%s. %s", text, i->advice) : text);
	json_array(o, "locations", JSON_INLINE);
	sarif_location(s, NULL, &i->loc, NULL);
	json_end(o);
	if (i->origin.file) {
		json_array(o, "relatedLocations", JSON_INLINE);
		sarif_location(s, NULL, &i->origin, "The function that this is about");
		json_end(o);
	}
	json_object(o, "partialFingerprints", JSON_INLINE);
	json_str(o, "stackcheck/v1", i->fingerprint);
	json_end(o);
	code_flow(s, i);
	states(s, i);
	result_properties(s, i);
	json_end(o);
}

void sarif_results(struct sarif *s)
{
	const bool *keep = choose(s);

	json_array(&s->out, "results", JSON_LINES);
	for (size_t i = 0; i < s->issues.v.n; i++)
		if (keep[i])
			result(s, &s->issues.v.v[i]);
	json_end(&s->out);
}
