/* What is known of outside code, read from JSON: the model part of platform files, and model files. For use by rules/,
 * config/ and cmd_*.c. */
#ifndef STACKCHECK_RULES_MODEL_FILE_H
#define STACKCHECK_RULES_MODEL_FILE_H

#include "base/error.h"
#include "program/model.h"

#define MODEL_FORMAT "stackcheck-model/1"

/* Adds what a model file (and the files it includes) says. A relative name of an included file counts from the file's own
   folder, then from `folder`. Errors name file and field. Strings live in m->arena; m is not indexed. */
int model_file_load(struct model *m, const char *path, const char *folder, struct error *err);

/* What is wrong with an entry's pattern, as the end of a sentence about it; NULL: nothing. */
const char *model_pattern_problem(const char *pattern);

/* Adds the entry. A pattern of a slot that names no file ("param:f#1") fits slots that are private to any file
   ("param:f#1@a.h") as well. */
void model_add_entry(struct model *m, const struct model_entry *entry);

/* The stack of that name; STACK_COUNT: there is none. */
enum entry_stack entry_stack_find(const char *name);

#endif
