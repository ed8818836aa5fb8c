/* The model part of a platform or model file. For use by platform.c and model_file.c only. */
#ifndef STACKCHECK_RULES_MODEL_READ_H
#define STACKCHECK_RULES_MODEL_READ_H

#include "program/model.h"
#include "rules/json_read.h"

/* Optional fields of both kinds of files, for json_check_fields(). */
#define MODEL_FIELDS "include", "externals", "entries", "costs"

/* Reads the fields of MODEL_FIELDS that are there; includes first, so that the file itself wins. `folder`: see
   model_file_load(). */
int model_read(const struct json_reader *r, const cJSON *root, const char *folder, struct model *m);

#endif
