/* A configuration as text that can be read again. For use by cmd_config.c. */
#ifndef STACKCHECK_CONFIG_PRINT_H
#define STACKCHECK_CONFIG_PRINT_H

#include "base/buf.h"
#include "config/config.h"

/* Appends the sections of the file that are lists and maps (modules to suppress), each item with its place as a comment. */
void config_print(const struct config *c, struct buf *out);

/* Appends the text in double quotes, as YAML wants it. */
void config_print_text(const char *text, struct buf *out);

#endif
