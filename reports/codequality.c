/*
 * GitLab Code Quality report. Input: the whole report. Output: a JSON array of issues as GitLab's widget reads it:
 * description, check_name, a unique fingerprint without lines, severity, a relative path and a line. GitLab compares
 * with the target branch by fingerprint: all findings are in it, and what was not measured is an issue of its own, so
 * that a unit that fails does not look like findings mended. Nothing to say: [].
 */
#include "base/hash.h"
#include "base/text.h"
#include "reports/json_out.h"
#include "reports/merge.h"
#include "reports/writer.h"

#include <string.h>

static const char *const severities[] = {
	[SEVERITY_NOTE] = "info",
	[SEVERITY_WARNING] = "minor",
	[SEVERITY_ERROR] = "critical",
};

static void object(struct json_out *o, const char *rule, const char *text, const char *fingerprint,
		   const char *severity, const struct fact_loc *loc)
{
	struct arena a = {0};

	json_object(o, NULL, JSON_LINES);
	json_str(o, "description", text_printable(&a, text));
	json_str(o, "check_name", text_printable(&a, rule));
	json_str(o, "fingerprint", fingerprint);
	json_str(o, "severity", severity);
	json_object(o, "location", JSON_INLINE);
	json_str(o, "path", text_printable(&a, loc->file));
	json_object(o, "lines", JSON_INLINE);
	json_int(o, "begin", loc->line ? loc->line : 1);
	json_end(o);
	json_end(o);
	json_end(o);
	arena_release(&a);
}

/* What is said by some of several builds says by which. */
static const char *with_builds(const char *text, const char *builds, struct arena *a)
{
	return builds ? arena_printf(a, "%s (in the builds: %s)", text, builds) : text;
}

static void gap(struct json_out *o, struct merge *m, const struct merged_gap *x)
{
	const struct gap *g = &x->gap;
	struct fact_loc loc = {.file = g->file};
	struct hash *h = hash_open();
	const char *builds = merge_builds(m, x->builds.v, x->builds.n, &m->arena);
	char hex[HASH_HEX_SIZE];

	hash_add_str(h, "incomplete");
	hash_add_str(h, g->failed ? "failed" : "estimated");
	hash_add_str(h, g->unit);
	hash_close(h, hex);
	hex[32] = '\0';
	object(o, "incomplete", with_builds(g->why, builds, &m->arena), hex,
	       g->failed ? "major" : "info", &loc);
}

static void issue(struct json_out *o, const struct merge *m, const struct merged_issue *x)
{
	const struct issue *i = x->issue;
	struct arena a = {0};
	const char *builds = merge_builds(m, x->builds.v, x->builds.n, &a);

	object(o, i->rule, with_builds(issue_line(i, &a), builds, &a), i->fingerprint,
	       severities[i->suppressed ? SEVERITY_NOTE : i->severity], &i->loc);
	arena_release(&a);
}

static int codequality_write_all(const struct report *const *r, size_t n, struct buf *out,
				 struct error *err)
{
	struct json_out o = {.buf = out};
	struct merge m = {0};

	(void)err;
	merge_collect(&m, r, n, MERGE_FINGERPRINT);
	json_array(&o, NULL, JSON_LINES);
	for (size_t i = 0; i < m.gaps.n; i++)
		gap(&o, &m, &m.gaps.v[i]);
	for (size_t i = 0; i < m.issues.n; i++)
		issue(&o, &m, &m.issues.v[i]);
	json_end(&o);
	merge_release(&m);
	return 0;
}

static int codequality_write(const struct report *r, struct buf *out, struct error *err)
{
	return codequality_write_all(&r, 1, out, err);
}

const struct writer writer_codequality = {
	.name = "codequality",
	.extension = ".codequality.json",
	.also = "gl-code-quality-report.json",
	.summary = "GitLab's Code Quality report",
	.write = codequality_write,
	.write_all = codequality_write_all,
};
