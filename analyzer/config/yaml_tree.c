/*
 * From libyaml's events to a tree. Input: any bytes. Output: texts, lists and maps with their places.
 *
 * Events and not libyaml's documents: what a configuration does not need is refused where it stands, before anything
 * is built from it. No anchors and aliases, so that nothing can grow (the "billion laughs"); no tags, no second document, no
 * doubled keys, no NULs; limited depth. The tree is no larger than the text, whose size the caller limits.
 */
#include "config/yaml_tree.h"
#include "base/map.h"

#include <string.h>
#include <yaml.h>

enum { DEPTH_MAX = 8 };

struct builder {
	struct arena *a;
	const char *shown;
	struct error *err;
	struct yaml_node *root, *top; /* top: the open list or map; NULL outside */
	const char *key; /* of the next child of a map; NULL: a key comes next */
	yaml_mark_t key_mark;
	struct map keys; /* "LINE:COLUMN KEY" of every key so far, by its map's place */
	unsigned depth;
	bool seen, done; /* a document began, the stream ended */
};

static int bad(const struct builder *b, yaml_mark_t mark, const char *problem)
{
	return error_set(b->err, "%s:%zu:%zu: %s", b->shown, mark.line + 1, mark.column + 1,
			 problem);
}

static struct yaml_node *add_node(struct builder *b, enum yaml_kind kind, yaml_mark_t mark)
{
	struct yaml_node *n = arena_alloc(b->a, sizeof(*n)), *top = b->top;

	n->kind = kind;
	n->line = (uint32_t)mark.line + 1;
	n->column = (uint32_t)mark.column + 1;
	n->parent = top;
	if (!top) {
		b->root = n;
		return n;
	}
	if (top->last)
		top->last->next = n;
	else
		top->children = n;
	top->last = n;
	top->n++;
	if (b->key) {
		n->key = b->key;
		n->key_line = (uint32_t)b->key_mark.line + 1;
		n->key_column = (uint32_t)b->key_mark.column + 1;
		b->key = NULL;
	}
	return n;
}

static bool wants_key(const struct builder *b)
{
	return b->top && b->top->kind == YAML_MAP && !b->key;
}

static int add_key(struct builder *b, const yaml_event_t *e, const char *key)
{
	bool made;

	/* Places of maps differ, so the place names the map. */
	map_put_str(&b->keys, arena_printf(b->a, "%u:%u %s", b->top->line, b->top->column, key),
		    &made);
	if (!made)
		return error_set(b->err, "%s:%zu:%zu: the key '%s' stands here twice", b->shown,
				 e->start_mark.line + 1, e->start_mark.column + 1, key);
	b->key = arena_strdup(b->a, key);
	b->key_mark = e->start_mark;
	return 0;
}

static int add_text(struct builder *b, const yaml_event_t *e)
{
	const char *value = (const char *)e->data.scalar.value;
	struct yaml_node *n;

	if (e->data.scalar.anchor)
		return bad(b, e->start_mark, "anchors are not taken; write the value again");
	if (e->data.scalar.tag)
		return bad(b, e->start_mark, "tags (!...) are not taken");
	if (strlen(value) != e->data.scalar.length)
		return bad(b, e->start_mark, "a text must not hold NUL characters");
	if (wants_key(b))
		return add_key(b, e, value);
	n = add_node(b, YAML_TEXT, e->start_mark);
	n->text = arena_strdup(b->a, value);
	n->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	return 0;
}

static int open_node(struct builder *b, const yaml_event_t *e)
{
	bool map = e->type == YAML_MAPPING_START_EVENT;

	if (map ? !!e->data.mapping_start.anchor : !!e->data.sequence_start.anchor)
		return bad(b, e->start_mark, "anchors are not taken; write the value again");
	if (map ? !!e->data.mapping_start.tag : !!e->data.sequence_start.tag)
		return bad(b, e->start_mark, "tags (!...) are not taken");
	if (wants_key(b))
		return bad(b, e->start_mark, "a key must be a plain word");
	if (++b->depth > DEPTH_MAX)
		return bad(b, e->start_mark, "lists and maps are nested too deeply");
	b->top = add_node(b, map ? YAML_MAP : YAML_LIST, e->start_mark);
	return 0;
}

static void close_node(struct builder *b)
{
	b->top = b->top->parent;
	b->depth--;
}

static int take(struct builder *b, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (b->seen)
			return bad(b, e->start_mark, "a second document begins here");
		b->seen = true;
		return 0;
	case YAML_SCALAR_EVENT: return add_text(b, e);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT: return open_node(b, e);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT: close_node(b); return 0;
	case YAML_ALIAS_EVENT:
		return bad(b, e->start_mark,
			   "aliases (*name) are not taken; write the value again");
	case YAML_STREAM_END_EVENT: b->done = true; return 0;
	default: return 0;
	}
}

static int parse(struct builder *b, yaml_parser_t *parser)
{
	while (!b->done) {
		yaml_event_t event;
		int rc;

		if (!yaml_parser_parse(parser, &event)) {
			yaml_mark_t mark = parser->problem_mark;

			/* Bytes that are no text have an offset instead of a place. */
			if (parser->error == YAML_READER_ERROR)
				return error_set(b->err, "%s: not a YAML text: %s at byte %zu",
						 b->shown, parser->problem, parser->problem_offset);
			return error_set(b->err, "%s:%zu:%zu: not a YAML text: %s", b->shown,
					 mark.line + 1, mark.column + 1,
					 parser->problem ? parser->problem : "cannot be read");
		}
		rc = take(b, &event);
		yaml_event_delete(&event);
		if (rc)
			return -1;
	}
	return 0;
}

int yaml_tree_read(struct arena *a, const char *text, size_t len, const char *shown,
		   struct yaml_node **root, struct error *err)
{
	struct builder b = {.a = a, .shown = shown, .err = err};
	yaml_parser_t parser;
	int rc;

	*root = NULL;
	if (!yaml_parser_initialize(&parser))
		return error_system(err, 0, "no memory for reading %s", shown);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	rc = parse(&b, &parser);
	map_release(&b.keys);
	yaml_parser_delete(&parser);
	if (rc)
		return rc;
	/* An empty document is an empty plain text. */
	if (b.root && b.root->kind == YAML_TEXT && !b.root->quoted && !*b.root->text)
		b.root = NULL;
	*root = b.root;
	return 0;
}

const struct yaml_node *yaml_member(const struct yaml_node *map, const char *key)
{
	for (const struct yaml_node *n = map->children; n; n = n->next) {
		if (!strcmp(n->key, key))
			return n;
	}
	return NULL;
}
