/*
 * The configuration of a run as one digest: what beside sources and compiler flags has a say in its numbers and findings.
 * Input: platform, models, stackcheck.yml and command line, as they hold together. Output: 32 hex digits.
 *
 * What it is for: the stored run of a base stands in for measuring it only if nothing but the sources differs. With other costs or
 * entry points its depths are others, with other limits its findings: held against it, what was always there would look new.
 *
 * What is in it, and what not:
 * - The platform with its model, model files, the file's own model and --entry: they change depths. By content, not by path: at the
 *   base, files lie in another folder.
 * - Budget, limits and settings of rules: they change which findings there are.
 * - Not what only decides over a finished run: fail_on, new_suppressions, suppressions. A gate takes them from the base and tells
 *   what a change would make of them.
 * - Not comments in the source: they are part of the sources, and a gate compares them one by one.
 *
 * A gate's head is measured by the policy of its base. So a change of stackcheck.yml alone does not alter the head's digest, and
 * the stored run of the base is used; it is the first run after the merge that has another one.
 */
#include "session.h"

#include "base/hash.h"

#include <stdio.h>

static void add_number(struct hash *h, int64_t n)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)n);
	hash_add_str(h, text);
}

static void add_entries(struct hash *h, const struct model *m)
{
	for (size_t i = 0; i < m->entries.n; i++) {
		const struct model_entry *e = &m->entries.v[i];

		hash_add_str(h, e->pattern);
		hash_add_str(h, e->context);
		hash_add_str(h, e->level);
		add_number(h, e->stack);
		add_number(h, e->boundary);
		add_number(h, e->size_argument);
	}
}

static void add_externals(struct hash *h, const struct model *m)
{
	for (size_t i = 0; i < m->externals.n; i++) {
		const struct model_external *x = &m->externals.v[i];

		hash_add_str(h, x->symbol);
		add_number(h, x->bytes);
		add_number(h, x->floor);
		add_number(h, x->noreturn);
		for (uint32_t k = 0; k < x->n_callbacks; k++) {
			add_number(h, x->callbacks[k].argument);
			add_number(h, x->callbacks[k].depth_bytes);
		}
		hash_add_str(h, x->reenters);
		hash_add_str(h, x->reentry_needs);
		add_number(h, x->reentry_depth);
	}
}

static void add_annotations(struct hash *h, const struct model *m)
{
	for (size_t i = 0; i < m->annotations.n; i++) {
		const struct annotation *x = &m->annotations.v[i];

		if (x->in_source)
			continue;
		add_number(h, x->kind);
		hash_add_str(h, x->function);
		hash_add_str(h, x->slot);
		hash_add_str(h, x->other);
		add_number(h, x->number);
	}
	for (size_t i = 0; i < m->modules.n; i++) {
		hash_add_str(h, m->modules.v[i].name);
		hash_add_str(h, m->modules.v[i].pattern);
	}
}

static void add_rules(struct hash *h, const struct policy *p)
{
	for (size_t i = 0; i < p->rules.n; i++) {
		const struct rule_setting *r = &p->rules.v[i];

		hash_add_str(h, r->rule);
		add_number(h, r->off);
		add_number(h, r->has_severity ? (int64_t)r->severity : -1);
		add_number(h, r->limit);
		add_number(h, r->frames);
	}
}

static void add_platform(struct hash *h, const struct platform *p)
{
	hash_add_str(h, p->name);
	add_number(h, p->stack_bytes);
	add_number(h, p->interrupt_bytes);
	for (size_t i = 0; i < STACK_COUNT; i++) {
		add_number(h, p->stacks[i].bytes);
		add_number(h, p->stacks[i].percent);
	}
	for (size_t i = 0; i < p->verifier.n; i++) {
		hash_add_str(h, p->verifier.v[i].symbol);
		add_number(h, p->verifier.v[i].bytes);
	}
	hash_add_str(h, NULL);
}

const char *session_config_digest(struct session *s)
{
	const struct option_value *entries = &s->options->v[OPT_ENTRY];
	struct hash *h = hash_open();
	char hex[HASH_HEX_SIZE];

	add_platform(h, &s->platform);
	add_number(h, s->model.unknown_external);
	add_entries(h, &s->model);
	add_externals(h, &s->model);
	add_annotations(h, &s->model);
	for (size_t i = 0; i < entries->list.n; i++)
		hash_add_str(h, entries->list.v[i]);
	hash_add_str(h, NULL);
	add_number(h, session_budget(s));
	add_number(h, session_frame_limit(s));
	add_number(h, session_large_local(s));
	add_rules(h, &s->config.policy);
	hash_close(h, hex);
	return arena_strndup(&s->arena, hex, 32);
}
