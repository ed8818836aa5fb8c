/*
 * Comments "stackcheck: ..." that the change brings. Like a suppression in the configuration, one that accepts a finding is listed and
 * does not count unless the base's policy accepts it; one that changes what is believed about calls and frames is left out.
 *
 * A comment is the one that it was when text, function and file (by its old name, if it moved) are the same; when it is gone
 * there, also in another file.
 */
#include "gate.h"

#include "base/file.h"
#include "base/text.h"

#include <string.h>

/* A comment, once for all units that include its file. */
struct comment {
	const struct fact_annotation *fact;
	const char *file; /* as the base calls it */
	bool matched;
};

struct comments {
	VEC(struct comment) v;
	struct map seen; /* "file:line:text" */
};

static void add_comments(struct gate *g, struct comments *to, const struct facts *f, bool head)
{
	struct arena *a = &g->judgement.arena;

	for (size_t i = 0; i < f->annotations.n; i++) {
		const struct fact_annotation *n = &f->annotations.v[i];
		const char *file = n->loc.file ? n->loc.file : "";
		struct comment *c;
		bool made;

		map_put_str(
			&to->seen,
			arena_printf(a, "%s:%u:%u:%s", file, n->loc.line, n->loc.column, n->text),
			&made);
		if (!made)
			continue;
		c = vec_push(&to->v);
		c->fact = n;
		c->file = head ? gate_old_name(g, file) : file;
	}
}

const char *gate_old_name(struct gate *g, const char *file)
{
	const char *root = g->head.session.input.root;
	const char *below = base_tree_below(&g->tree, path_absolute(&g->tree.arena, root, file));
	const uint64_t *moved = below ? map_find_str(&g->tree.files.moved, below) : NULL;

	if (!moved)
		return file;
	return path_relative(root, arena_printf(&g->tree.arena, "%s/%s", g->tree.top,
						g->tree.files.files.v[*moved].path));
}

static bool is_unchanged(struct gate *g, const char *file)
{
	const char *root = g->head.session.input.root;
	const char *below = base_tree_below(&g->tree, path_absolute(&g->tree.arena, root, file));
	const struct vcs_file *at = below ? base_tree_file(&g->tree, below) : NULL;

	return !below || (at && at->same);
}

/* Does the head have a comment in a file that changed? Only then the base's are of interest. */
bool gate_has_comments(struct gate *g)
{
	const struct session *s = &g->head.session;

	for (size_t i = 0; i < s->n_units && g->tree_known; i++)
		for (size_t j = 0; j < s->units[i]->annotations.n; j++)
			if (!is_unchanged(g, s->units[i]->annotations.v[j].loc.file
						     ? s->units[i]->annotations.v[j].loc.file
						     : ""))
				return true;
	return false;
}

static void match(struct comments *head, struct comments *base, bool same_file)
{
	for (size_t i = 0; i < head->v.n; i++) {
		struct comment *x = &head->v.v[i];

		for (size_t j = 0; j < base->v.n && !x->matched; j++) {
			struct comment *y = &base->v.v[j];

			if (y->matched || strcmp(x->fact->text, y->fact->text) != 0 ||
			    str_compare(x->fact->within, y->fact->within) != 0 ||
			    (same_file && strcmp(x->file, y->file) != 0))
				continue;
			x->matched = y->matched = true;
		}
	}
}

static bool equal_place(const struct fact_annotation *x, const struct fact_annotation *y)
{
	return x->loc.line == y->loc.line && x->loc.column == y->loc.column &&
	       !str_compare(x->loc.file, y->loc.file) && !strcmp(x->text, y->text);
}

/* Takes the comment out of every unit. */
static void remove_comment(struct session *s, const struct fact_annotation *gone)
{
	struct fact_annotation what = *gone;

	for (size_t i = 0; i < s->input.jobs.n; i++) {
		struct facts *f = &s->results[i].facts;
		size_t kept = 0;

		for (size_t j = 0; j < f->annotations.n; j++)
			if (!equal_place(&f->annotations.v[j], &what))
				f->annotations.v[kept++] = f->annotations.v[j];
		f->annotations.n = kept;
	}
}

/* A new comment: a suppression is remembered, to be marked once the comments are read; anything else goes. */
static void judge_comment(struct gate *g, const struct fact_annotation *n)
{
	struct model model = {0};
	struct policy policy = {0};
	struct error ignored;

	if (!config_annotation_parse(n, &model, &policy, &ignored)) {
		for (size_t i = 0; i < policy.suppressions.n; i++)
			gate_notice_suppression(g, &policy.suppressions.v[i]);
		if (policy.suppressions.n) {
			*vec_push(&g->new_places) = n->loc;
		} else if (!g->accepts) {
			gate_notice(g, "%s:%u: the comment \"%s\" is new: it does not count",
				    n->loc.file ? n->loc.file : "?", n->loc.line,
				    arena_strdup(&g->judgement.arena, n->text));
			remove_comment(&g->head.session, n);
		}
	}
	model_release(&model);
	policy_release(&policy);
}

void gate_comments(struct gate *g)
{
	struct comments head = {0}, base = {0};
	struct session *s = &g->head.session;

	for (size_t i = 0; i < s->n_units; i++)
		add_comments(g, &head, s->units[i], true);
	for (size_t i = 0; i < g->base.session.n_units; i++)
		add_comments(g, &base, g->base.session.units[i], false);
	match(&head, &base, true);
	match(&head, &base, false);
	/* Removing one moves the others in their arrays: the texts stay where they are. */
	for (size_t i = 0; i < head.v.n; i++) {
		struct fact_annotation *copy =
			arena_memdup(&g->judgement.arena, head.v.v[i].fact, sizeof(*copy));

		head.v.v[i].fact = copy;
	}
	for (size_t i = 0; i < head.v.n; i++)
		if (!head.v.v[i].matched)
			judge_comment(g, head.v.v[i].fact);
	map_release(&head.seen);
	vec_release(&head.v);
	map_release(&base.seen);
	vec_release(&base.v);
}

void gate_mark_suppressions(struct gate *g)
{
	struct policy *p = &g->head.session.config.policy;

	for (size_t i = 0; i < p->suppressions.n && !g->accepts; i++)
		for (size_t j = 0; j < g->new_places.n; j++) {
			const struct fact_loc *x = &p->suppressions.v[i].loc,
					      *y = &g->new_places.v[j];

			if (p->suppressions.v[i].in_source && x->line == y->line &&
			    !str_compare(x->file, y->file))
				p->suppressions.v[i].is_new = true;
		}
}
