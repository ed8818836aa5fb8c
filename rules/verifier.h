/* What Driver Verifier adds to calls of the system. For use by platform.c, session_config.c and rules/. */
#ifndef STACKCHECK_RULES_VERIFIER_H
#define STACKCHECK_RULES_VERIFIER_H

#include "rules/json_read.h"
#include "rules/platform.h"

/* Reads a platform's "verifier", if it has one. */
int verifier_read(const struct json_reader *r, const cJSON *root, struct platform *p);

/* Raises the costs in the model, which is not indexed yet: what is known of each function, and what is added, as a floor. */
void verifier_apply(const struct platform *p, struct model *m);

/* Bytes that are added to a call of the function; 0: none. */
int64_t verifier_bytes(const struct platform *p, const char *symbol);

#endif
