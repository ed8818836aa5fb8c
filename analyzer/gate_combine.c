/* `gate --combine`: the reports of several gates as one answer. */
#include "command.h"
#include "gate.h"

#include "base/file.h"
#include "reports/combine.h"

#include <string.h>

enum { REPORT_MAX = 1 << 30 };

typedef void write_fn(const struct combined *c, struct buf *out);

/* These tell all builds in a few lines; the others write one document of all reports. */
static write_fn *writer_of(const struct writer *w)
{
	if (!strcmp(w->name, "text"))
		return combine_text;
	if (!strcmp(w->name, "markdown"))
		return combine_markdown;
	return strcmp(w->name, "json") ? NULL : combine_json;
}

static void read_reports(struct combined *c, const struct options *o)
{
	for (size_t i = 0; i < o->operands.n; i++) {
		const char *file = o->operands.v[i];
		struct buf text = {0};
		struct error why = {0};

		if (file_read(file, REPORT_MAX, &text, &why))
			combine_add(c, file, NULL, arena_strdup(&c->arena, why.text));
		else
			combine_add(c, file, buf_str(&text), NULL);
		buf_release(&text);
	}
	combine_judge(c);
}

static int write_one(struct combined *c, const struct writer *w, struct buf *text,
		     struct error *err)
{
	write_fn *own = writer_of(w);

	if (!own)
		return w->write_all(combine_reports(c), c->parts.n, text, err);
	own(c, text);
	return 0;
}

static int write_all(struct combined *c, const struct scan *s, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < s->outputs.n && !rc; i++) {
		const struct scan_output *out = &s->outputs.v[i];
		struct buf text = {0};

		rc = write_one(c, out->writer, &text, err);
		if (!rc)
			rc = out->path ? scan_write_file(out->path, &text, err)
				       : print_result(&text, err);
		buf_release(&text);
	}
	return rc;
}

static int combine(struct scan *s, struct combined *c, struct error *err)
{
	const struct options *o = s->session.options;

	if (!o->operands.n)
		return error_set(err, "--combine wants the JSON reports of gates: stackcheck gate "
				      "--combine FILE.json...");
	if (o->flags || o->v[OPT_BASE].given || o->v[OPT_BASE_REF].given ||
	    o->v[OPT_DATABASE].given)
		return error_set(err, "--combine reads reports that gates have written: it goes "
				      "without --base, --base-ref, -p and flags");
	if (scan_plan_outputs(s, err))
		return -1;
	for (size_t i = 0; i < s->outputs.n; i++)
		if (!writer_of(s->outputs.v[i].writer) && !s->outputs.v[i].writer->write_all)
			return error_set(err, "--combine does not write %s",
					 s->outputs.v[i].writer->name);
	read_reports(c, o);
	return write_all(c, s, err);
}

enum exit_status gate_combine(const struct options *o, struct error *err)
{
	struct scan s = {.session.options = o};
	struct combined c = {0};
	enum exit_status status = STATUS_CLEAN;

	if (combine(&s, &c, err))
		status = error_status(err);
	else if (!strcmp(c.verdict, "failed"))
		status = STATUS_FINDINGS;
	else if (strcmp(c.verdict, "passed") != 0)
		status = STATUS_INCOMPLETE;
	combine_release(&c);
	scan_release(&s);
	return status;
}
