#include "program/indirect.h"

#include "base/text.h"

#include <string.h>

/*
 * Field-based and flow-insensitive: an indirect call through a slot may reach what any unit puts into an equal slot. Copies
 * between slots are not followed yet, so a slot's set need not be complete. Only where no slot matches, equal signatures
 * of address-taken functions are offered, as possible targets.
 */

/* A slot with every "[N]" written as "[]". */
static const char *without_indices(struct arena *a, const char *slot)
{
	char *copy = arena_strdup(a, slot), *out = copy;

	for (const char *s = slot; *s; s++) {
		*out++ = *s;
		if (*s == '[')
			s += strcspn(s, "]") - 1;
	}
	*out = '\0';
	return copy;
}

/* Equal but for indices, of which an unknown one meets any. */
static bool slots_meet(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++) {
		size_t n, m;

		if (*a != '[')
			continue;
		n = strcspn(a, "]");
		m = strcspn(b, "]");
		if (n > 1 && m > 1 && (n != m || memcmp(a, b, n)))
			return false;
		a += n;
		b += m;
	}
	return *a == *b;
}

static void add_link(struct indirect *x, const char *slot, struct candidate c)
{
	uint64_t *head = map_put_str(&x->slots, without_indices(&x->arena, slot), NULL);
	uint32_t last = NO_ID;

	for (uint32_t i = (uint32_t)*head - 1; i != NO_ID; i = x->links.v[i].next) {
		const struct candidate_link *other = &x->links.v[i];

		if (other->candidate.func == c.func && !strcmp(other->slot, slot) &&
		    !str_compare(other->candidate.symbol, c.symbol))
			return;
		last = i;
	}
	*vec_push(&x->links) = (struct candidate_link){c, slot, NO_ID};
	if (last == NO_ID)
		*head = x->links.n;
	else
		x->links.v[last].next = (uint32_t)x->links.n - 1;
}

/* Chains of many candidates would make the search above quadratic: each function is put into a table of signatures once. */
static void add_signatures(struct indirect *x, const struct program *p, const bool *taken)
{
	struct map last = {0}; /* signature -> its last link + 1 */
	uint32_t func = 0;

	for (uint32_t u = 0; u < p->n_units; u++) {
		for (size_t i = 0; i < p->units[u]->funcs.n; i++, func++) {
			const char *signature = p->units[u]->funcs.v[i].signature;
			uint64_t *tail;

			if (!taken[func] || !signature)
				continue;
			*vec_push(&x->links) = (struct candidate_link){{func, NULL}, NULL, NO_ID};
			tail = map_put_str(&last, signature, NULL);
			if (*tail)
				x->links.v[*tail - 1].next = (uint32_t)x->links.n - 1;
			else
				*map_put_str(&x->signatures, signature, NULL) = x->links.n;
			*tail = x->links.n;
		}
	}
	map_release(&last);
}

void indirect_init(struct indirect *x, const struct symbols *s, bool *taken)
{
	const struct program *p = s->program;

	*x = (struct indirect){0};
	for (uint32_t u = 0; u < p->n_units; u++) {
		for (size_t i = 0; i < p->units[u]->binds.n; i++) {
			const struct fact_bind *b = &p->units[u]->binds.v[i];
			struct candidate c = {symbols_find(s, u, b->symbol), NULL};

			if (c.func != NO_ID)
				taken[c.func] = true;
			else
				c.symbol = b->symbol;
			if (b->slot)
				add_link(x, b->slot, c);
		}
	}
	add_signatures(x, p, taken);
}

uint32_t indirect_by_slot(const struct indirect *x, const char *slot)
{
	struct arena scratch = {0};
	uint64_t *head = map_find_str(&x->slots, without_indices(&scratch, slot));

	arena_release(&scratch);
	return head ? (uint32_t)*head - 1 : NO_ID;
}

uint32_t indirect_by_signature(const struct indirect *x, const char *signature)
{
	uint64_t *head = map_find_str(&x->signatures, signature);

	return head ? (uint32_t)*head - 1 : NO_ID;
}

bool indirect_next(const struct indirect *x, const char *slot, uint32_t *link,
		   struct candidate *out)
{
	while (*link != NO_ID) {
		const struct candidate_link *l = &x->links.v[*link];

		*link = l->next;
		if (slot && l->slot && !slots_meet(slot, l->slot))
			continue;
		*out = l->candidate;
		return true;
	}
	return false;
}

enum evidence indirect_slot_evidence(const char *slot)
{
	if (str_starts(slot, "field:"))
		return EVIDENCE_FIELD;
	if (str_starts(slot, "param:"))
		return EVIDENCE_PARAMETER;
	return str_starts(slot, "return:") ? EVIDENCE_RETURN : EVIDENCE_VARIABLE;
}

void indirect_release(struct indirect *x)
{
	arena_release(&x->arena);
	map_release(&x->slots);
	map_release(&x->signatures);
	vec_release(&x->links);
}
