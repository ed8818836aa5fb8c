/*
 * By which rules a change is judged: by those of the base. The configuration, model and platform files that git knows are read as
 * they were at the base commit, so that a change cannot relax its own gate. What it would relax is told.
 */
#include "gate.h"

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"

#include <stdarg.h>
#include <string.h>

void gate_notice(struct gate *g, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	*vec_push(&g->judgement.notices) = arena_vprintf(&g->judgement.arena, fmt, ap);
	va_end(ap);
}

/* A file that the command line names, as it was at the base. */
static const char *at_base(struct gate *g, const char *path)
{
	return file_exists(path)
		       ? base_tree_map(&g->tree, path_absolute(&g->tree.arena, NULL, path))
		       : path;
}

/* The command line, with the files that decide over the verdict taken from the base. */
static void turn_options(struct gate *g)
{
	struct option_value *models = &g->options.v[OPT_MODEL];
	struct option_value *platform = &g->options.v[OPT_PLATFORM];

	if (models->list.n) {
		const char **files = arena_array(&g->tree.arena, models->list.n, const char *);

		for (size_t i = 0; i < models->list.n; i++)
			files[i] = at_base(g, models->list.v[i]);
		models->list.v = files;
	}
	if (platform->given)
		platform->text = at_base(g, platform->text);
}

/* Where the configuration is that holds for the base: in the folder that stands for it, or a file outside. */
static const char *find_config(struct gate *g)
{
	const struct session *s = &g->head.session;
	struct arena *a = &g->tree.arena;
	const char *root = base_tree_map(&g->tree, s->input.root), *from = s->input.root;

	if (s->options->v[OPT_NO_CONFIG].given)
		return NULL;
	if (s->options->v[OPT_CONFIG].given)
		return at_base(g, s->options->v[OPT_CONFIG].text);
	if (s->options->operands.n)
		from = path_absolute(a, NULL, s->options->operands.v[0]);
	for (size_t i = 1; i < s->options->operands.n; i++) {
		const char *path = path_absolute(a, NULL, s->options->operands.v[i]);

		while (!path_is_under(from, path))
			from = path_dir(a, from);
	}
	from = base_tree_map(&g->tree, from);
	if (!file_is_dir(from))
		from = path_dir(a, from);
	return config_find(a, from, root);
}

static int load(struct gate *g, const char *path, struct config *to, struct error *err)
{
	const char *today = g->theirs.policy.today;

	if (path && config_load(to, path, path_relative(g->tree.dir, path), err))
		return error_prefix(err, "the base's configuration");
	memcpy(to->policy.today, today, sizeof(to->policy.today));
	return 0;
}

static const char *number_text(struct gate *g, const struct config_number *n)
{
	if (!n->loc.line)
		return "not set";
	return arena_printf(&g->judgement.arena, "%lld%s", (long long)n->value,
			    n->percent ? " %" : "");
}

static void compare_number(struct gate *g, const char *key, const struct config_number *base,
			   const struct config_number *head)
{
	if (base->loc.line != 0 || head->loc.line != 0)
		if (!base->loc.line || !head->loc.line || base->value != head->value ||
		    base->percent != head->percent)
			gate_notice(g, "%s: %s is %s in the change and %s in the base, which holds",
				    CONFIG_NAME, key, number_text(g, head), number_text(g, base));
}

static void compare_text(struct gate *g, const char *key, const struct config_text *base,
			 const struct config_text *head)
{
	/* Paths in the base lead into the folder that stands for it. */
	const char *x = base->value ? path_relative(g->tree.dir, base->value) : NULL;
	const char *y = head->value ? path_relative(g->tree.top, head->value) : NULL;

	if (str_compare(x, y) != 0)
		gate_notice(g, "%s: %s is %s in the change and %s in the base, which holds",
			    CONFIG_NAME, key, y ? y : "not set", x ? x : "not set");
}

static bool same_setting(const struct rule_setting *x, const struct rule_setting *y)
{
	return x && y && x->off == y->off && x->has_severity == y->has_severity &&
	       (!x->has_severity || x->severity == y->severity) && x->limit == y->limit &&
	       x->frames == y->frames;
}

/* Settings of `of` that `other` does not have in the same way; `both`: told already where both have one. */
static void compare_rules(struct gate *g, const struct policy *of, const struct policy *other,
			  bool both)
{
	for (size_t i = 0; i < of->rules.n; i++) {
		const struct rule_setting *x = &of->rules.v[i], *y = policy_rule(other, x->rule);

		if (!same_setting(x, y) && (both || !y))
			gate_notice(g,
				    "%s: what it says about %s is another thing in the change than "
				    "in the base, which holds",
				    CONFIG_NAME, x->rule);
	}
}

static bool has_suppression(const struct policy *p, const struct suppression *s)
{
	for (size_t i = 0; i < p->suppressions.n; i++)
		if (suppression_equal(&p->suppressions.v[i], s))
			return true;
	return false;
}

void gate_notice_suppression(struct gate *g, const struct suppression *s)
{
	struct arena *a = &g->judgement.arena;
	const char *where = s->function ? s->function : s->file ? s->file : s->fingerprint;

	gate_notice(g, "%s:%u: the suppression of %s%s%s is new: %s (because %s)",
		    s->loc.file ? s->loc.file : "?", s->loc.line, s->rule, where ? " in " : "",
		    where ? arena_strdup(a, where) : "",
		    g->accepts ? "the base accepts it" : "it does not count", s->because);
}

/* The change's own suppressions are listed; whether they count, the base decides. */
static void add_suppressions(struct gate *g, struct policy *to)
{
	for (size_t i = 0; i < g->theirs.policy.suppressions.n; i++) {
		struct suppression s = g->theirs.policy.suppressions.v[i];

		if (has_suppression(to, &s))
			continue;
		s.is_new = !g->accepts;
		gate_notice_suppression(g, &s);
		*vec_push(&to->suppressions) = s;
	}
}

/* Is the model part of the two files the same? What differs there can be anything: told as one. */
static bool same_model(const struct model *x, const struct model *y)
{
	if (x->entries.n != y->entries.n || x->externals.n != y->externals.n ||
	    x->annotations.n != y->annotations.n || x->modules.n != y->modules.n)
		return false;
	for (size_t i = 0; i < x->externals.n; i++)
		if (str_compare(x->externals.v[i].symbol, y->externals.v[i].symbol) != 0 ||
		    x->externals.v[i].bytes != y->externals.v[i].bytes)
			return false;
	for (size_t i = 0; i < x->annotations.n; i++) {
		const struct annotation *m = &x->annotations.v[i], *n = &y->annotations.v[i];

		if (m->kind != n->kind || m->number != n->number ||
		    str_compare(m->function, n->function) != 0 ||
		    str_compare(m->slot, n->slot) != 0 || str_compare(m->other, n->other) != 0)
			return false;
	}
	return true;
}

static void tell_differences(struct gate *g, const struct config *base)
{
	const struct config *head = &g->theirs;

	compare_number(g, "budget", &base->budget, &head->budget);
	compare_number(g, "frame_limit", &base->frame_limit, &head->frame_limit);
	compare_number(g, "large_local", &base->large_local, &head->large_local);
	compare_number(g, "verifier", &base->verifier, &head->verifier);
	compare_text(g, "platform", &base->platform, &head->platform);
	compare_text(g, "fail_on", &base->fail_on, &head->fail_on);
	compare_text(g, "new_suppressions", &base->new_suppressions, &head->new_suppressions);
	compare_rules(g, &base->policy, &head->policy, true);
	compare_rules(g, &head->policy, &base->policy, false);
	if (!same_model(&base->model, &head->model))
		gate_notice(
			g,
			"%s: what it says about calls, costs and modules is another thing in the "
			"change than in the base, which holds",
			CONFIG_NAME);
}

int gate_policy(struct gate *g, struct error *err)
{
	struct session *s = &g->head.session;
	const char *path;

	if (!g->tree_known) {
		if (g->repo && !g->undecided.n)
			gate_undecided(g, "the base's commit is not known, so its policy is not: "
					  "name it with --base-ref");
		else if (!g->undecided.n && s->config.path)
			gate_notice(g,
				    "%s is that of the working tree: without git there is no other",
				    s->config.path);
		return 0;
	}
	g->theirs = s->config;
	s->config = (struct config){0};
	turn_options(g);
	path = find_config(g);
	if (load(g, path, &s->config, err) || load(g, path, &g->base.session.config, err))
		return -1;
	g->accepts = s->config.new_suppressions.value &&
		     !strcmp(s->config.new_suppressions.value, "accept");
	tell_differences(g, &s->config);
	add_suppressions(g, &s->config.policy);
	return 0;
}
