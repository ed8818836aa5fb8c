/* The tables that reconcile*.c share while they put one unit together. For use by reconcile*.c only. */
#ifndef STACKCHECK_EXTRACT_RECONCILE_INDEX_H
#define STACKCHECK_EXTRACT_RECONCILE_INDEX_H

#include "base/map.h"
#include "extract/reconcile.h"

struct index {
	const struct reconcile_input *in;
	struct facts *f;
	struct arena scratch;
	struct map ast_by_symbol; /* -> ast func + 1 */
	struct map ast_by_name;
	struct map locals; /* "function\nname\nline" -> ast local + 1 */
	struct map variables; /* address of a function -> its first place_variable */
	struct map paths; /* absolute path -> path as facts have it */
	uint32_t *fact_of; /* machine func -> fact func, NO_FUNC for moved parts */
};

#define NO_FUNC UINT32_MAX

/* A copy in the facts' arena; NULL stays NULL. */
const char *index_keep(struct index *x, const char *s);

/* An absolute path as facts have it. */
const char *index_path(struct index *x, const char *path);

/* Enters i + 1 under the key when the key is new. */
void index_put_first(struct map *m, const char *key, size_t i);

/* The key of a local variable; `function` NULL: of any function. In the index's own arena. */
const char *index_local_key(struct index *x, const char *function, const char *name, uint32_t line);

/* The name before a compiler's suffix: foo.constprop.0 is foo. A leading dot is no suffix. */
const char *index_plain_name(struct index *x, const char *symbol);

/* The calls of every function, with what the source says of them. */
void reconcile_calls(struct index *x);

/* Copies one record into the facts. */
void reconcile_bind(const struct fact_bind *b, struct facts *f);
void reconcile_flow(const struct fact_flow *flow, struct facts *f);
void reconcile_arg(const struct fact_arg *a, uint32_t call, struct facts *f);

/* The parts of every function's frame. */
void reconcile_parts(struct index *x);

#endif
