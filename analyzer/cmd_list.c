#include "command.h"
#include "places.h"
#include "base/suggest.h"

#include "base/file.h"
#include "base/text.h"
#include "reports/writer.h"
#include "rules/rule.h"

#include <string.h>

static int list_rules(const struct options *o, struct arena *a, struct buf *out, struct error *err)
{
	(void)o;
	(void)a;
	(void)err;
	for (size_t i = 0; i < n_rules; i++)
		buf_printf(out, "%-24s%-10s%s\n", rules[i]->id, severity_name(rules[i]->severity),
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
		buf_printf(out, "%-13s%-19s%s\n", writers[i]->name,
			   writers[i]->extension ? writers[i]->extension : "-",
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

static const struct {
	const char *name;
	int (*list)(const struct options *o, struct arena *a, struct buf *out, struct error *err);
} lists[] = {
	{"rules", list_rules},
	{"platforms", list_platforms},
	{"formats", list_formats},
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
