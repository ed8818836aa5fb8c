/* Values of the configuration, each checked, wrong ones named with their place. For use by config/ only. */
#ifndef STACKCHECK_CONFIG_READER_H
#define STACKCHECK_CONFIG_READER_H

#include "config/config.h"
#include "config/yaml_tree.h"

struct reader {
	struct config *c;
	const char *shown; /* the text's name */
	const char *folder; /* relative paths count from here */
	struct error *err;
};

/* Error at the node: "FILE:LINE:COLUMN: KEY <problem>". Gives -1. */
int reader_bad(const struct reader *r, const struct yaml_node *n, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

struct fact_loc reader_loc(const struct reader *r, const struct yaml_node *n);

/* A key of a map, and what takes its value into `out`. */
struct reader_key {
	const char *name;
	int (*read)(const struct reader *r, const struct yaml_node *n, void *out);
	size_t offset; /* of the value in the structure that `out` points to */
};

/* Reads a map all of whose keys are known. `what` names the map in errors: "a suppression". */
int reader_map(const struct reader *r, const struct yaml_node *n, const char *what,
	       const struct reader_key *keys, size_t n_keys, void *out);

/* Calls `read` for every element of a list. */
int reader_list(const struct reader *r, const struct yaml_node *n,
		int (*read)(const struct reader *r, const struct yaml_node *n, void *out),
		void *out);

/* Texts of a list, or one text. */
struct texts {
	VEC(const struct yaml_node *) v;
};

/* Takers of one value; `out` points to what the comment says. */
int take_text(const struct reader *r, const struct yaml_node *n, void *out); /* const char * */
int take_bool(const struct reader *r, const struct yaml_node *n, void *out); /* bool */
int take_bytes(const struct reader *r, const struct yaml_node *n, void *out); /* int64_t */
int take_count(const struct reader *r, const struct yaml_node *n, void *out); /* int64_t, from 0 */
int take_texts(const struct reader *r, const struct yaml_node *n, void *out); /* struct texts */
int take_number_at(const struct reader *r, const struct yaml_node *n,
		   void *out); /* struct config_number, bytes */
int take_budget_at(const struct reader *r, const struct yaml_node *n,
		   void *out); /* struct config_number, bytes or percent */
int take_text_at(const struct reader *r, const struct yaml_node *n,
		 void *out); /* struct config_text */

/* One of `words` ("a|b|c"); else an error that lists them. */
int take_choice(const struct reader *r, const struct yaml_node *n, const char *words);

/* A path of the file, absolute. */
const char *reader_path(const struct reader *r, const char *path);

/* Sections. */
int read_modules(const struct reader *r, const struct yaml_node *n, void *out);
int read_entries(const struct reader *r, const struct yaml_node *n, void *out);
int read_externals(const struct reader *r, const struct yaml_node *n, void *out);
int read_annotations(const struct reader *r, const struct yaml_node *n, void *out);
int read_rules(const struct reader *r, const struct yaml_node *n, void *out);
int read_suppress(const struct reader *r, const struct yaml_node *n, void *out);

/* Is it a day such as "2027-01-01"? */
bool is_date(const char *text);

#endif
