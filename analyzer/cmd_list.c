#include "command.h"
#include "places.h"
#include "suggest.h"

#include "base/file.h"
#include "base/text.h"
#include "history/history.h"
#include "reports/writer.h"
#include "rules/rule.h"

#include <string.h>
#include <time.h>

static int list_rules(const struct options *o, struct arena *a, struct buf *out, struct error *err)
{
	(void)o;
	(void)a;
	(void)err;
	for (size_t i = 0; i < n_rules; i++)
		buf_printf(out, "%-16s%-10s%s\n", rules[i]->id, severity_name(rules[i]->severity),
			   rules[i]->summary);
	return 0;
}

static int list_formats(const struct options *o, struct arena *a, struct buf *out,
			struct error *err)
{
	(void)o;
	(void)a;
	(void)err;
	for (size_t i = 0; i < n_writers; i++)
		buf_printf(out, "%-8s%-8s%s\n", writers[i]->name, writers[i]->extension,
			   writers[i]->summary);
	return 0;
}

static int list_platforms(const struct options *o, struct arena *a, struct buf *out,
			  struct error *err)
{
	const char *folder = place_platforms(a), **names;
	size_t n;

	(void)o;
	if (platform_list(folder, a, &names, &n, err))
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct platform p = {0};

		if (platform_load(&p, folder, names[i], err))
			return -1;
		buf_printf(out, "%-16s%8s bytes, budget %3u%%   %s\n", names[i],
			   text_thousands(a, p.stack_bytes), p.budget_percent, p.summary);
		platform_release(&p);
	}
	return 0;
}

/* The database of the nearest folder upwards that has one; --root and --db say it outright. */
static const char *find_database(const struct options *o, struct arena *a)
{
	const char *folder;

	if (o->v[OPT_DB].given)
		return o->v[OPT_DB].text;
	if (o->v[OPT_ROOT].given)
		return place_history(a, path_absolute(a, NULL, o->v[OPT_ROOT].text));
	for (folder = path_absolute(a, NULL, ".");; folder = path_dir(a, folder)) {
		const char *path = place_history(a, folder);

		if (file_exists(path))
			return path;
		if (!strcmp(folder, "/"))
			return NULL;
	}
}

static void add_run(const struct history_run *r, struct arena *a, struct buf *out)
{
	time_t when = (time_t)r->time;
	struct tm utc;
	char text[32] = "?";

	if (gmtime_r(&when, &utc))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &utc);
	buf_printf(out, "%5lld  %s  %.12s%s  %s  %s%s%s  %lld of %lld units\n", (long long)r->id,
		   text, r->commit ? r->commit : "no commit", r->dirty ? "+" : "",
		   text_printable(a, r->target), r->platform, r->build ? "  build " : "",
		   r->build ? text_printable(a, r->build) : "", (long long)r->units_measured,
		   (long long)r->units_total);
}

static int list_runs(const struct options *o, struct arena *a, struct buf *out, struct error *err)
{
	const char *path = find_database(o, a);
	struct history_run *runs;
	struct history *h;
	size_t n;
	int rc;

	if (!path)
		return error_set(err, "no .stackcheck/history.db here or in a folder above; scan "
				      "first, or name one with --db");
	h = history_open(path, true, err);
	if (!h)
		return -1;
	rc = history_runs(h, a, 0, &runs, &n, err);
	for (size_t i = 0; !rc && i < n; i++)
		add_run(&runs[i], a, out);
	history_close(h);
	return rc;
}

static const struct {
	const char *name;
	int (*list)(const struct options *o, struct arena *a, struct buf *out, struct error *err);
} lists[] = {
	{"rules", list_rules},
	{"platforms", list_platforms},
	{"formats", list_formats},
	{"runs", list_runs},
};

static int list(const struct options *o, struct arena *a, struct buf *out, struct error *err)
{
	const char *what = o->operands.v[0];
	struct suggestion near = {.word = what};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		if (!strcmp(what, lists[i].name))
			return lists[i].list(o, a, out, err);
		suggest(&near, lists[i].name);
	}
	if (near.best)
		return error_set(err, "cannot list '%s'; did you mean '%s'?", what, near.best);
	return error_set(err, "cannot list '%s', only %s", what,
			 command_table[COMMAND_LIST].operands);
}

enum exit_status cmd_list(const struct options *o, struct error *err)
{
	struct arena a = {0};
	struct buf out = {0};
	int rc = list(o, &a, &out, err) || print_result(&out, err);

	buf_release(&out);
	arena_release(&a);
	return rc ? error_status(err) : STATUS_CLEAN;
}
