/*
 * The project's configuration, stackcheck.yml: what is set, and where it stands. Keys and values are described in
 * stackcheck.1. The command line wins over the file, the file over the platform. For use by session.c, scan_*.c and
 * cmd_*.c.
 */
#ifndef STACKCHECK_CONFIG_CONFIG_H
#define STACKCHECK_CONFIG_CONFIG_H

#include "base/error.h"
#include "program/model.h"
#include "rules/policy.h"

#define CONFIG_NAME "stackcheck.yml"

/* A value with its place; loc.line is 0 when it is not given. */
struct config_number {
	int64_t value; /* bytes, or percent */
	bool percent; /* the budget only */
	struct fact_loc loc;
};

struct config_text {
	const char *value; /* NULL: not given */
	struct fact_loc loc;
};

/* Zero-initialised, it is the configuration of a project without a file. All strings live in its arena. */
struct config {
	struct arena arena;
	const char *path; /* of the file, as messages show it; NULL: there is none */
	struct config_number budget; /* bytes, or percent of the stack */
	struct config_number frame_limit, large_local; /* bytes */
	struct config_number verifier; /* 0 or 1 */
	struct config_text platform; /* a name, or a path that is absolute */
	struct config_text fail_on; /* note warning error never */
	struct config_text new_suppressions; /* list accept */
	VEC(struct config_text)
	models; /* paths of model files, absolute; or names of shipped ones */
	struct model
		model; /* modules, entries, externals and annotations of the file; not indexed */
	struct policy policy; /* rules and suppressions */
};

/* The file that holds for `from` (absolute): the nearest stackcheck.yml in it or in a folder above, up to and including
   `root` when that is not NULL. In the arena; NULL: there is none. */
const char *config_find(struct arena *a, const char *from, const char *root);

/* Reads a file. `shown` is its name in messages and places (NULL: `path`). Errors name file, line and column; the configuration is
   empty then. */
int config_load(struct config *c, const char *path, const char *shown, struct error *err);

/* The same for a text that lies elsewhere (a commit). Paths in it count from `folder` (absolute). */
int config_parse(struct config *c, const char *text, size_t len, const char *shown,
		 const char *folder, struct error *err);

void config_release(struct config *c);

/*
 * Reads a comment "stackcheck: ..." of the source: adds to the annotations of `model`, or to the suppressions of `policy`.
 * The grammar stands in stackcheck.1. An error names the place, and nothing is added.
 */
int config_annotation_parse(const struct fact_annotation *note, struct model *model,
			    struct policy *policy, struct error *err);

/* The same for every comment of every unit; a comment of a header counts once. What is wrong is appended to `warnings`, in the
   model's arena, and left out. */
struct config_warnings {
	VEC(const char *) v;
};
void config_annotations(const struct facts *const *units, size_t n_units, struct model *model,
			struct policy *policy, struct config_warnings *warnings);

/* Adds what `from` knows; it wins over what is there: its entries come first, its externals last. Strings are shared: `from`
   must outlive `to`, which is to be indexed afterwards. */
void config_add_model(struct model *to, const struct model *from);

#endif
