/*
 * GitLab Code Quality report. Input: the whole report. Output: a JSON array of issues as GitLab's widget reads it:
 * description, check_name, a unique fingerprint without lines, severity, a relative path and a line. GitLab compares
 * with the target branch by fingerprint: all findings are in it, and what was not measured is an issue of its own, so
 * that a unit that fails does not look like findings mended. Nothing to say: [].
 */
#include "base/hash.h"
#include "base/text.h"
#include "reports/issues.h"
#include "reports/json_out.h"
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

static void gap(struct json_out *o, const struct gap *g)
{
	struct fact_loc loc = {.file = g->file};
	struct hash *h = hash_open();
	char hex[HASH_HEX_SIZE];

	hash_add_str(h, "incomplete");
	hash_add_str(h, g->failed ? "failed" : "estimated");
	hash_add_str(h, g->unit);
	hash_close(h, hex);
	hex[32] = '\0';
	object(o, "incomplete", g->why, hex, g->failed ? "major" : "info", &loc);
}

static void issue(struct json_out *o, const struct issue *i)
{
	struct arena a = {0};

	object(o, i->rule, issue_line(i, &a), i->fingerprint,
	       severities[i->suppressed ? SEVERITY_NOTE : i->severity], &i->loc);
	arena_release(&a);
}

static int codequality_write(const struct report *r, struct buf *out, struct error *err)
{
	struct json_out o = {.buf = out};
	struct issues issues = {0};
	struct arena a = {0};
	size_t n;
	struct gap *gaps = issues_gaps(r, &a, &n);

	(void)err;
	json_array(&o, NULL, JSON_LINES);
	for (size_t i = 0; i < n; i++)
		gap(&o, &gaps[i]);
	issues_collect(&issues, r);
	for (size_t i = 0; i < issues.v.n; i++)
		issue(&o, &issues.v.v[i]);
	json_end(&o);
	issues_release(&issues);
	arena_release(&a);
	return 0;
}

const struct writer writer_codequality = {
	.name = "codequality",
	.extension = ".codequality.json",
	.also = "gl-code-quality-report.json",
	.summary = "GitLab's Code Quality report",
	.write = codequality_write,
};
