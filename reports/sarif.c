/*
 * SARIF 2.1.0 log, for code scanning services and editors. Input: the whole report, or one a build. Output: for each of them one
 * run with one result a finding, places relative to the project's root (%SRCROOT%), the path of a finding as one code flow with
 * the bytes of each step, and, where the run before is known, the state of each result. It keeps within what GitHub takes
 * (sarif_parts.h) and says in a notification what was left out. Units that were not measured are notifications, and the run did
 * not succeed then.
 */
#include "base/hash.h"
#include "base/text.h"
#include "reports/bounds.h"
#include "reports/escape.h"
#include "reports/sarif_parts.h"
#include "reports/writer.h"

#include <string.h>

void sarif_message(struct sarif *s, const char *key, const char *text)
{
	const char *safe = escape_sarif(&s->arena, text);
	size_t len = strlen(safe);

	json_object(&s->out, key, JSON_INLINE);
	json_str(&s->out, "text",
		 len && strchr(".?!", safe[len - 1]) ? safe : arena_printf(&s->arena, "%s.", safe));
	json_end(&s->out);
}

void sarif_location(struct sarif *s, const char *key, const struct fact_loc *loc,
		    const char *message)
{
	struct json_out *o = &s->out;

	json_object(o, key, JSON_INLINE);
	json_object(o, "physicalLocation", JSON_INLINE);
	json_object(o, "artifactLocation", JSON_INLINE);
	json_str(o, "uri", escape_uri(&s->arena, loc->file));
	if (loc->file[0] != '/')
		json_str(o, "uriBaseId", "%SRCROOT%");
	json_end(o);
	json_object(o, "region", JSON_INLINE);
	json_int(o, "startLine", loc->line ? loc->line : 1);
	if (loc->line && loc->column)
		json_int(o, "startColumn", loc->column);
	json_end(o);
	json_end(o);
	if (message)
		sarif_message(s, "message", message);
	json_end(o);
}

static void notification(struct sarif *s, enum sarif_notice id, const char *level,
			 const struct fact_loc *loc, const char *text)
{
	struct json_out *o = &s->out;

	json_object(o, NULL, JSON_INLINE);
	json_object(o, "descriptor", JSON_INLINE);
	json_str(o, "id", sarif_notice_id(id));
	json_int(o, "index", id);
	json_end(o);
	json_str(o, "level", level);
	sarif_message(s, "message", text);
	if (loc) {
		json_array(o, "locations", JSON_INLINE);
		sarif_location(s, NULL, loc, NULL);
		json_end(o);
	}
	json_end(o);
}

static void gaps(struct sarif *s)
{
	size_t n;
	struct gap *v = issues_gaps(s->r, &s->arena, &n);

	for (size_t i = 0; i < n; i++) {
		struct fact_loc loc = {.file = v[i].file};

		notification(s, NOTICE_INCOMPLETE, v[i].failed ? "error" : "warning", &loc,
			     v[i].why);
	}
}

static void left_out(struct sarif *s)
{
	struct arena *a = &s->arena;

	if (s->results_left_out)
		notification(s, NOTICE_LEFT_OUT, "warning", NULL,
			     arena_printf(a,
					  "%zu of %zu results are left out, as no more than %d are "
					  "kept by code scanning: known and suppressed ones first",
					  s->results_left_out, s->issues.v.n, SARIF_RESULTS));
	if (s->paths_left_out)
		notification(
			s, NOTICE_LEFT_OUT, "note", NULL,
			arena_printf(a,
				     "the paths of %zu results are left out: all paths together "
				     "would have more than %d steps",
				     s->paths_left_out, SARIF_STEPS));
	if (s->paths_shortened)
		notification(
			s, NOTICE_LEFT_OUT, "note", NULL,
			arena_printf(
				a,
				"the paths of %zu results are shortened in the middle to %d steps",
				s->paths_shortened, SARIF_PATH));
	if (s->issues.suppressed)
		notification(s, NOTICE_LEFT_OUT, "note", NULL,
			     arena_printf(a, "%zu of %zu results are suppressed",
					  s->issues.suppressed, s->issues.v.n));
}

static void gate(struct sarif *s)
{
	const struct gate_verdict *v = s->r->verdict;

	for (size_t i = 0; s->r->diff && i < s->r->diff->n_differences; i++)
		notification(s, NOTICE_GATE, "warning", NULL,
			     arena_printf(&s->arena, "not comparable with the base run: %s",
					  s->r->diff->differences[i]));
	if (!v)
		return;
	notification(s, NOTICE_GATE, strcmp(v->word, "passed") != 0 ? "error" : "note", NULL,
		     arena_printf(&s->arena, "gate %s", v->word));
	for (size_t i = 0; i < v->n_reasons; i++)
		notification(s, NOTICE_GATE, "error", NULL, v->reasons[i]);
	for (size_t i = 0; i < v->n_notices; i++)
		notification(s, NOTICE_GATE, "note", NULL, v->notices[i]);
}

static void invocation(struct sarif *s)
{
	struct json_out *o = &s->out;

	json_array(o, "invocations", JSON_LINES);
	json_object(o, NULL, JSON_LINES);
	json_bool(o, "executionSuccessful", !s->r->units_failed && s->r->units_measured);
	json_array(o, "toolExecutionNotifications", JSON_LINES);
	gaps(s);
	left_out(s);
	notification(s, NOTICE_ORIGIN, "note", NULL, bound_origin(s->r, &s->arena));
	gate(s);
	json_end(o);
	json_end(o);
	json_end(o);
}

/* Runs of one category replace each other: one category for each build and target. */
static void category(struct sarif *s)
{
	const char *target = s->r->target ? s->r->target : "unknown";
	const char *build = s->r->build ? s->r->build : "default";

	json_object(&s->out, "automationDetails", JSON_INLINE);
	json_str(&s->out, "id",
		 text_printable(&s->arena,
				arena_printf(&s->arena, "stackcheck/%s-%s/", target, build)));
	json_end(&s->out);
}

static void property(struct sarif *s, const char *name, const char *value)
{
	if (value)
		json_str(&s->out, name, text_printable(&s->arena, value));
}

static void properties(struct sarif *s)
{
	const struct report *r = s->r;

	json_object(&s->out, "properties", JSON_LINES);
	property(s, "commit", r->commit);
	property(s, "branch", r->branch);
	property(s, "build", r->build);
	property(s, "target", r->target);
	property(s, "platform", r->platform->name);
	if (r->diff)
		property(s, "baseCommit", r->diff->before->run.commit);
	json_bytes(&s->out, "budgetBytes", r->budget_bytes);
	json_bytes(&s->out, "frameLimitBytes", r->frame_limit);
	json_int(&s->out, "unitsMeasured", (int64_t)r->units_measured);
	json_int(&s->out, "unitsEstimated", (int64_t)r->units_estimated);
	json_int(&s->out, "unitsFailed", (int64_t)r->units_failed);
	json_int(&s->out, "suppressed", (int64_t)s->issues.suppressed);
	json_end(&s->out);
}

static void root(struct sarif *s)
{
	json_object(&s->out, "originalUriBaseIds", JSON_INLINE);
	json_object(&s->out, "%SRCROOT%", JSON_INLINE);
	sarif_message(s, "description", "The project's root");
	json_end(&s->out);
	json_end(&s->out);
}

/* A log in which only some results have a state, or say that they are not suppressed, is not valid. */
static void look_ahead(struct sarif *s)
{
	s->has_baseline = s->r->diff != NULL || s->issues.v.n;
	for (size_t i = 0; i < s->issues.v.n; i++) {
		s->has_baseline &= s->issues.v.v[i].state != STATE_UNKNOWN;
		s->has_suppressions |= s->issues.v.v[i].suppressed;
	}
}

static void run(struct sarif *s)
{
	issues_collect(&s->issues, s->r);
	look_ahead(s);
	json_object(&s->out, NULL, JSON_LINES);
	sarif_tool(s);
	category(s);
	json_str(&s->out, "columnKind", "unicodeCodePoints");
	root(s);
	sarif_results(s);
	invocation(s);
	properties(s);
	json_end(&s->out);
	issues_release(&s->issues);
	arena_release(&s->arena);
}

/* The limit of steps holds for the file. */
static int sarif_write_all(const struct report *const *r, size_t n, struct buf *out,
			   struct error *err)
{
	struct sarif s = {.out = {.buf = out}};

	(void)err;
	json_object(&s.out, NULL, JSON_LINES);
	json_str(&s.out, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	json_str(&s.out, "version", "2.1.0");
	json_array(&s.out, "runs", JSON_LINES);
	for (size_t i = 0; i < n; i++) {
		s = (struct sarif){.out = s.out, .n_steps = s.n_steps, .r = r[i]};
		run(&s);
	}
	json_end(&s.out);
	json_end(&s.out);
	return 0;
}

static int sarif_write(const struct report *r, struct buf *out, struct error *err)
{
	return sarif_write_all(&r, 1, out, err);
}

const struct writer writer_sarif = {
	.name = "sarif",
	.extension = ".sarif",
	.also = ".sarif.json",
	.summary = "SARIF 2.1.0, for code scanning services and editors",
	.write = sarif_write,
	.write_all = sarif_write_all,
};
