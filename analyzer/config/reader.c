/*
 * Checked values out of a YAML tree. Every problem is named with file, line, column and key, and with the word that was
 * meant where one is near.
 */
#include "config/reader.h"
#include "base/file.h"
#include "base/suggest.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define BYTES_MAX (INT64_C(1) << 40)

static const char *name_of(const struct yaml_node *n)
{
	while (n && !n->key)
		n = n->parent;
	return n ? n->key : "the configuration";
}

int reader_bad(const struct reader *r, const struct yaml_node *n, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	error_set(r->err, "%s:%u:%u: %s %s", r->shown, n->line, n->column, name_of(n),
		  buf_str(&text));
	buf_release(&text);
	return -1;
}

struct fact_loc reader_loc(const struct reader *r, const struct yaml_node *n)
{
	return (struct fact_loc){.file = r->c->path, .line = n->line, .column = n->column};
}

static int unknown_key(const struct reader *r, const struct yaml_node *n, const char *what,
		       const struct reader_key *keys, size_t n_keys)
{
	struct suggestion near = {.word = n->key};
	struct buf all = {0};

	for (size_t i = 0; i < n_keys; i++) {
		suggest(&near, keys[i].name);
		buf_printf(&all, "%s%s", i ? ", " : "", keys[i].name);
	}
	if (near.best)
		error_set(r->err, "%s:%u:%u: %s has no key '%s'; did you mean '%s'?", r->shown,
			  n->key_line, n->key_column, what, n->key, near.best);
	else
		error_set(r->err, "%s:%u:%u: %s has no key '%s', only %s", r->shown, n->key_line,
			  n->key_column, what, n->key, buf_str(&all));
	buf_release(&all);
	return -1;
}

int reader_map(const struct reader *r, const struct yaml_node *n, const char *what,
	       const struct reader_key *keys, size_t n_keys, void *out)
{
	if (n->kind != YAML_MAP)
		return error_set(r->err, "%s:%u:%u: %s must be a map of keys and values", r->shown,
				 n->line, n->column, what);
	for (const struct yaml_node *m = n->children; m; m = m->next) {
		size_t i = 0;

		while (i < n_keys && strcmp(keys[i].name, m->key) != 0)
			i++;
		if (i == n_keys)
			return unknown_key(r, m, what, keys, n_keys);
		if (keys[i].read(r, m, (char *)out + keys[i].offset))
			return -1;
	}
	return 0;
}

int reader_list(const struct reader *r, const struct yaml_node *n,
		int (*read)(const struct reader *r, const struct yaml_node *n, void *out),
		void *out)
{
	if (n->kind != YAML_LIST)
		return reader_bad(r, n, "must be a list");
	for (const struct yaml_node *m = n->children; m; m = m->next) {
		if (read(r, m, out))
			return -1;
	}
	return 0;
}

int take_text(const struct reader *r, const struct yaml_node *n, void *out)
{
	if (n->kind != YAML_TEXT)
		return reader_bad(r, n, "must be a text, not a %s",
				  n->kind == YAML_LIST ? "list" : "map");
	if (!*n->text)
		return reader_bad(r, n, "is empty");
	*(const char **)out = n->text;
	return 0;
}

int take_bool(const struct reader *r, const struct yaml_node *n, void *out)
{
	if (take_choice(r, n, "true|false"))
		return -1;
	*(bool *)out = !strcmp(n->text, "true");
	return 0;
}

/* A whole number; *rest is what stands behind it. */
static int number(const struct yaml_node *n, int64_t *value, const char **rest)
{
	char *end;
	long long x;

	if (n->kind != YAML_TEXT || n->quoted || !(*n->text >= '0' && *n->text <= '9'))
		return -1;
	errno = 0;
	x = strtoll(n->text, &end, 10);
	if (errno || x > BYTES_MAX)
		return -1;
	*value = x;
	*rest = end;
	return 0;
}

int take_bytes(const struct reader *r, const struct yaml_node *n, void *out)
{
	const char *rest;
	int64_t value;

	if (number(n, &value, &rest) || (*rest && strcmp(rest, "K") && strcmp(rest, "KiB")))
		return reader_bad(r, n, "must be a number of bytes, such as 512 or 4K");
	*(int64_t *)out = *rest ? value * 1024 : value;
	return 0;
}

int take_count(const struct reader *r, const struct yaml_node *n, void *out)
{
	const char *rest;

	if (number(n, out, &rest) || *rest)
		return reader_bad(r, n, "must be a whole number from 0 on");
	return 0;
}

int take_number_at(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct config_number *x = out;

	if (take_bytes(r, n, &x->value))
		return -1;
	if (!x->value)
		return reader_bad(r, n, "must be at least 1 byte");
	x->loc = reader_loc(r, n);
	return 0;
}

int take_budget_at(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct config_number *x = out;
	const char *rest;

	if (number(n, &x->value, &rest) || strcmp(rest, "%") != 0)
		return take_number_at(r, n, out);
	if (x->value < 1 || x->value > 100)
		return reader_bad(r, n, "must be from 1%% to 100%% of the stack");
	x->percent = true;
	x->loc = reader_loc(r, n);
	return 0;
}

int take_text_at(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct config_text *x = out;

	if (take_text(r, n, &x->value))
		return -1;
	x->loc = reader_loc(r, n);
	return 0;
}

int take_texts(const struct reader *r, const struct yaml_node *n, void *out)
{
	struct texts *texts = out;
	const char *text;

	if (n->kind != YAML_LIST) {
		*vec_push(&texts->v) = n;
		return take_text(r, n, &text);
	}
	if (!n->n)
		return reader_bad(r, n, "is an empty list");
	for (const struct yaml_node *m = n->children; m; m = m->next) {
		*vec_push(&texts->v) = m;
		if (take_text(r, m, &text))
			return -1;
	}
	return 0;
}

/* The word's place in "a|b|c". */
static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *s = words; s; s = strchr(s, '|') ? strchr(s, '|') + 1 : NULL) {
		if (!strncmp(s, word, len) && (s[len] == '|' || !s[len]))
			return true;
	}
	return false;
}

int take_choice(const struct reader *r, const struct yaml_node *n, const char *words)
{
	const char *text;

	if (take_text(r, n, &text))
		return -1;
	if (!strchr(text, '|') && has_word(words, text))
		return 0;
	return reader_bad(r, n, "is '%s', but must be one of %s", text, words);
}

const char *reader_path(const struct reader *r, const char *path)
{
	return path_absolute(&r->c->arena, r->folder, path);
}

static int digits(const char *s, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		value = value * 10 + (s[i] - '0');
	}
	return value;
}

bool is_date(const char *text)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int month, day;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || digits(text, 4) < 0)
		return false;
	month = digits(text + 5, 2);
	day = digits(text + 8, 2);
	return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}
