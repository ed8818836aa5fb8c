/* A YAML text as a tree with places, read strictly. For use by config/ only. */
#ifndef STACKCHECK_CONFIG_YAML_TREE_H
#define STACKCHECK_CONFIG_YAML_TREE_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	uint32_t line, column; /* from 1 */
	const char *text; /* YAML_TEXT */
	bool quoted; /* YAML_TEXT: "off" in quotes is not the word off */
	const char *key; /* of a member of a map; NULL in a list */
	uint32_t key_line, key_column;
	struct yaml_node *children, *last, *next; /* in the order of the text */
	size_t n; /* children */
	struct yaml_node *parent;
};

/* *root is NULL for a text without content. `shown` names the text in errors, with line and column. All in the arena. */
int yaml_tree_read(struct arena *a, const char *text, size_t len, const char *shown,
		   struct yaml_node **root, struct error *err);

/* The member of a map, or NULL. */
const struct yaml_node *yaml_member(const struct yaml_node *map, const char *key);

#endif
