#include "rules/advice_context.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static bool has_word(const char *text, const char *const *words)
{
	for (size_t i = 0; text && words[i]; i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

/* Entries whose requests may be made to free memory, by the slot that they were found in. */
static uint32_t paging_bits(const struct program_func *f)
{
	static const char *const block[] = {
		"struct blk_mq_ops.",	    "struct block_device_operations.submit_bio",
		"struct target_type.map",   "struct md_personality.make_request",
		"struct swap_info_struct.", "struct scsi_host_template.queuecommand",
		"struct shrinker.",	    NULL};
	static const char *const files[] = {"struct address_space_operations.",
					    "struct super_operations.", "struct shrinker.", NULL};
	/* IRP_MJ_READ, IRP_MJ_WRITE, IRP_MJ_SCSI: what a paging file's requests come through. */
	static const char *const dispatch[] = {"struct _DRIVER_OBJECT.MajorFunction[3]",
					       "struct _DRIVER_OBJECT.MajorFunction[4]",
					       "struct _DRIVER_OBJECT.MajorFunction[15]",
					       "struct _CACHE_MANAGER_CALLBACKS.", NULL};
	const char *how = f->entry_how;

	return (has_word(how, block) || has_word(how, dispatch) ? CONTEXT_PAGING : 0) |
	       (has_word(how, files) ? CONTEXT_FILES : 0);
}

static uint32_t level_bits(const char *level)
{
	static const char *const raised[] = {"DISPATCH_LEVEL", "DIRQL",	  "HIGH_LEVEL",
					     "IPI_LEVEL",      "hardirq", "softirq",
					     "interrupts off", "any",	  NULL};
	static const char *const device[] = {"DIRQL", "HIGH_LEVEL", "IPI_LEVEL", "hardirq", NULL};

	return (has_word(level, raised) ? CONTEXT_RAISED : 0) |
	       (has_word(level, device) && level[0] != '<' ? CONTEXT_DEVICE : CONTEXT_NO_DEVICE);
}

/* Does it run for requests, not for setting up, events or errors? Of a block device only what takes a bio does. */
static bool is_often(const struct program_func *f)
{
	static const char *const often[] = {"dispatch",
					    "completion",
					    "mini-filter callback",
					    "socket callback",
					    "virtqueue callback",
					    "interrupt handler",
					    "request handler",
					    "packet handler",
					    "fast I/O",
					    "queue operation",
					    "service routine",
					    "DPC",
					    "transmit",
					    "StartIo",
					    "tasklet",
					    "softirq",
					    "NAPI",
					    NULL};
	static const char *const bio[] = {"block_device_operations.submit_bio",
					  "block_device_operations.rw_page", NULL};

	return has_word(f->entry_model->context, often) || has_word(f->entry_how, bio);
}

static uint32_t entry_bits(const struct program_func *f)
{
	const struct model_entry *m = f->entry_model;
	bool deep = m && (m->stack == STACK_INTERRUPT || m->stack == STACK_DEFERRED);
	bool probe = f->entry_how &&
		     (str_ends(f->entry_how, ".probe") || str_ends(f->entry_how, ".AddDevice"));
	uint32_t bits = probe ? CONTEXT_PROBE : CONTEXT_NO_PROBE;

	bits |= deep ? CONTEXT_INTERRUPT | CONTEXT_RAISED : CONTEXT_ELSE;
	if (!m)
		return bits | CONTEXT_NO_DEVICE;
	bits |= level_bits(m->level) | paging_bits(f);
	return bits | (is_often(f) ? CONTEXT_OFTEN : 0);
}

static bool is_followed(const struct program_edge *e)
{
	return e->to != NO_ID && !e->cut && !e->by_caller && e->evidence != EVIDENCE_SIGNATURE &&
	       e->evidence != EVIDENCE_NONE;
}

/* Bits only ever come to a function, so each is looked at once more for every bit at most. */
void contexts_find(struct contexts *c, const struct program *p)
{
	VEC(uint32_t) todo = {0};

	c->v = mem_calloc(p->n_funcs, sizeof(*c->v));
	for (uint32_t i = 0; i < p->n_funcs; i++)
		if (p->funcs[i].is_entry) {
			c->v[i] = entry_bits(&p->funcs[i]);
			*vec_push(&todo) = i;
		}
	while (todo.n) {
		uint32_t func = todo.v[--todo.n];
		const struct program_func *f = &p->funcs[func];

		for (uint32_t i = f->first_edge; i < f->first_edge + f->n_edges; i++) {
			const struct program_edge *e = &p->edges[i];

			if (!is_followed(e) || (c->v[e->to] | c->v[func]) == c->v[e->to])
				continue;
			c->v[e->to] |= c->v[func];
			*vec_push(&todo) = e->to;
		}
	}
	vec_release(&todo);
}

void contexts_release(struct contexts *c)
{
	free(c->v);
	c->v = NULL;
}

bool contexts_is_interrupt(const struct contexts *c, uint32_t func)
{
	return (c->v[func] & (CONTEXT_INTERRUPT | CONTEXT_ELSE)) == CONTEXT_INTERRUPT;
}
