/*
 * Functions that vanished into others, or came out of them. A function that is inlined everywhere has no code of its own; its
 * source name is what the hosts' variables and calls still carry. Only hosts that did not have it inside on the other
 * side count: where it was inside before as well, its own code went for another reason.
 */
#include "snapshot/match.h"

#include <stdlib.h>

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has_inside(const struct snapshot_function *f, const char *name)
{
	return f->n_inlined && bsearch(&name, f->inlined, f->n_inlined, sizeof(*f->inlined),
				       compare_strings) != NULL;
}

/* Names that the functions of `s` have inside and their matches in `other` have not. */
static void add_hosts(struct inlining *in, const struct snapshot *s, const struct snapshot *other,
		      const uint32_t *match, struct map *hosts)
{
	for (uint32_t i = 0; i < s->n_functions; i++) {
		const struct snapshot_function *f = &s->functions[i];

		for (size_t j = 0; j < f->n_inlined; j++) {
			uint64_t *first;

			if (match[i] != NO_ID &&
			    has_inside(&other->functions[match[i]], f->inlined[j]))
				continue;
			first = map_put_str(hosts, f->inlined[j], NULL);
			*vec_push(&in->links) =
				(struct inlining_link){.host = i, .next = (uint32_t)*first};
			*first = in->links.n;
		}
	}
}

void inlining_find(struct inlining *in, const struct diff *d)
{
	add_hosts(in, d->after, d->before, d->to_before, &in->after_hosts);
	add_hosts(in, d->before, d->after, d->to_after, &in->before_hosts);
}

/* The first host in the order of the run; a static function can only be inside its own unit: the host's match must be
   in the unit that the function is in. */
static uint32_t find_host(const struct inlining *in, const struct map *hosts,
			  const struct snapshot_function *f, const struct snapshot *here,
			  const uint32_t *match)
{
	const uint64_t *first = map_find_str(hosts, f->name);
	uint32_t best = NO_ID;

	for (uint32_t l = first ? (uint32_t)*first : 0; l; l = in->links.v[l - 1].next) {
		uint32_t host = in->links.v[l - 1].host, twin = match[host];

		if (f->linkage && !strcmp(f->linkage, "static") &&
		    (twin == NO_ID || strcmp(here->functions[twin].unit, f->unit) != 0))
			continue;
		if (best == NO_ID || host < best)
			best = host;
	}
	return best;
}

uint32_t inlining_into(const struct inlining *in, const struct diff *d, uint32_t before)
{
	return find_host(in, &in->after_hosts, &d->before->functions[before], d->before,
			 d->to_before);
}

uint32_t inlining_out_of(const struct inlining *in, const struct diff *d, uint32_t after)
{
	return find_host(in, &in->before_hosts, &d->after->functions[after], d->after, d->to_after);
}

void inlining_release(struct inlining *in)
{
	map_release(&in->after_hosts);
	map_release(&in->before_hosts);
	vec_release(&in->links);
}
