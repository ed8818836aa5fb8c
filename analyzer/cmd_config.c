/* The configuration that holds: checked, and printed with the origin of each value. */
#include "command.h"
#include "session.h"

#include "base/file.h"
#include "base/text.h"
#include "config/print.h"
#include "input/root.h"
#include "places.h"

#include <string.h>

/* The project's root where nothing is there to be analysed. */
static const char *root_without_input(struct session *s, struct error *err)
{
	const struct options *o = s->options;
	struct input_request request = {.root = o->v[OPT_ROOT].given ? o->v[OPT_ROOT].text : NULL};
	const char *from = path_absolute(&s->arena, NULL, o->operands.n ? o->operands.v[0] : ".");

	if (!file_is_dir(from))
		from = path_dir(&s->arena, from);
	return root_find(&s->arena, &request, from, err);
}

/* As a scan would find it; without a compile database, from the current folder or the paths given. */
static int find(struct session *s, bool *has_units, struct error *err)
{
	struct error no_input = {0};
	const char *root;

	*has_units = !session_input(s, 0, &no_input);
	if (*has_units)
		return 0;
	if (s->options->v[OPT_DATABASE].given || s->options->flags)
		return *err = no_input, -1;
	root = s->input.root ? s->input.root : root_without_input(s, err);
	return root ? session_config(s, 0, root, err) : -1;
}

static const char *place(struct session *s, const struct fact_loc *loc)
{
	return arena_printf(&s->arena, "%s:%u:%u", text_printable(&s->arena, loc->file), loc->line,
			    loc->column);
}

/* "KEY: VALUE  # ORIGIN" */
static void print_line(struct buf *out, const char *key, const char *value, const char *origin)
{
	buf_printf(out, "%-19s%-16s # %s\n", key, value, origin);
}

static const char *of_platform(struct session *s, const char *why)
{
	return arena_printf(&s->arena, "platform %s: %s", s->platform.name,
			    text_printable(&s->arena, why));
}

static const char *number_origin(struct session *s, enum option_id option,
				 const struct config_number *set, const char *why)
{
	if (option != OPT_COUNT && s->options->v[option].given)
		return "command line";
	return set->loc.line ? place(s, &set->loc) : of_platform(s, why);
}

static const char *quoted(struct session *s, const char *text)
{
	struct buf b = {0};

	config_print_text(text, &b);
	text = arena_strdup(&s->arena, buf_str(&b));
	buf_release(&b);
	return text;
}

static void print_limits(struct session *s, struct buf *out)
{
	const struct config *c = &s->config;
	struct arena *a = &s->arena;
	const char *budget = arena_printf(a, "%lld", (long long)session_budget(s));

	print_line(
		out, "budget:", budget,
		number_origin(s, OPT_BUDGET, &c->budget,
			      arena_printf(a, "%u%% of %lld bytes. %s", s->platform.budget_percent,
					   (long long)s->platform.stack_bytes,
					   s->platform.budget_why)));
	print_line(out, "frame_limit:", arena_printf(a, "%lld", (long long)session_frame_limit(s)),
		   number_origin(s, OPT_FRAME_LIMIT, &c->frame_limit, s->platform.frame_why));
	print_line(out, "large_local:", arena_printf(a, "%lld", (long long)session_large_local(s)),
		   number_origin(s, OPT_COUNT, &c->large_local, s->platform.large_local_why));
	print_line(out, "verifier:", session_verifier(s) ? "true" : "false",
		   s->options->v[OPT_VERIFIER].given ? "command line"
		   : c->verifier.loc.line	     ? place(s, &c->verifier.loc)
						     : "default");
}

static void print_choices(struct session *s, struct buf *out)
{
	const struct config *c = &s->config;
	const char *origin = "default";

	if (s->options->v[OPT_FAIL_ON].given)
		origin = "command line";
	else if (c->fail_on.value)
		origin = place(s, &c->fail_on.loc);
	print_line(out, "fail_on:", session_fail_on(s), origin);
	print_line(out, "new_suppressions:",
		   c->new_suppressions.value ? c->new_suppressions.value : "list",
		   c->new_suppressions.value ? place(s, &c->new_suppressions.loc) : "default");
}

/* A path that holds in any folder; a plain word is a name. */
static const char *model_path(struct session *s, const char *text)
{
	return strchr(text, '/') || str_ends(text, ".json") ? path_absolute(&s->arena, NULL, text)
							    : text;
}

static void print_models(struct session *s, struct buf *out)
{
	const struct option_value *given = &s->options->v[OPT_MODEL];

	if (s->config.models.n + given->list.n)
		buf_puts(out, "models:\n");
	for (size_t i = 0; i < s->config.models.n; i++)
		buf_printf(out, "  - %s  # %s\n", quoted(s, s->config.models.v[i].value),
			   place(s, &s->config.models.v[i].loc));
	for (size_t i = 0; i < given->list.n; i++)
		buf_printf(out, "  - %s  # command line\n",
			   quoted(s, model_path(s, given->list.v[i])));
}

static void print_platform(struct session *s, const char *name, const char *origin, struct buf *out)
{
	const struct platform *p = &s->platform;

	print_line(out, "platform:", strcmp(name, p->name) ? quoted(s, model_path(s, name)) : name,
		   origin);
	buf_printf(out, "# %lld bytes of stack: %s\n", (long long)p->stack_bytes, p->stack_why);
	for (int i = 0; i < STACK_COUNT; i++)
		if (p->stacks[i].bytes)
			buf_printf(out, "# stack of kind %s: %u%% of %lld bytes. %s\n",
				   entry_stack_name((enum entry_stack)i), p->stacks[i].percent,
				   (long long)p->stacks[i].bytes, p->stacks[i].why);
	if (p->interrupt_bytes)
		buf_printf(out, "# interrupts take at least %lld bytes of it: %s\n",
			   (long long)p->interrupt_bytes, p->interrupt_why);
	if (p->unknown_why)
		buf_printf(out, "# unknown functions outside count %lld bytes: %s\n",
			   (long long)p->model.unknown_external, p->unknown_why);
	buf_printf(out, "# it knows %zu patterns of entry points and %zu of outside functions\n",
		   p->model.entries.n, p->model.externals.n);
}

/* What chooses the platform when nobody names one. */
static const char *chosen(struct session *s, bool has_units, const char **origin)
{
	const char *target = has_units ? s->input.jobs.v[0].target : NULL;

	if (!target) {
		*origin = "default: there are no units to choose by";
		return "generic";
	}
	*origin = arena_printf(&s->arena, "chosen for the target %s", target);
	return platform_choose(target, s->input.linux_like, s->input.windows_like);
}

static int print(struct session *s, bool has_units, struct buf *out, struct error *err)
{
	const char *origin, *name = session_platform_name(s, chosen(s, has_units, &origin));

	if (s->options->v[OPT_PLATFORM].given)
		origin = "command line";
	else if (s->config.platform.value)
		origin = place(s, &s->config.platform.loc);
	if (platform_load(&s->platform, place_platforms(&s->arena), name, err) ||
	    session_model(s, err))
		return -1;
	if (!s->config.path)
		buf_puts(out, "# There is no " CONFIG_NAME ": these are the defaults.\n");
	print_platform(s, name, origin, out);
	print_limits(s, out);
	print_choices(s, out);
	print_models(s, out);
	config_print(&s->config, out);
	return 0;
}

static int config(struct session *s, struct buf *out, struct error *err)
{
	bool has_units;

	if (find(s, &has_units, err))
		return -1;
	if (s->options->v[OPT_PRINT].given)
		return print(s, has_units, out, err);
	if (s->config.path)
		buf_printf(out, "%s: no mistakes\n", text_printable(&s->arena, s->config.path));
	else
		buf_puts(out, "There is no " CONFIG_NAME "; the defaults hold.\n");
	return 0;
}

enum exit_status cmd_config(const struct options *o, struct error *err)
{
	struct session s = {.options = o};
	struct buf out = {0};
	int rc = config(&s, &out, err) || print_result(&out, err);

	buf_release(&out);
	session_release(&s);
	return rc ? error_status(err) : STATUS_CLEAN;
}
