#include "facts/facts_fields.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A line's words, and their values by key. */

int fields_fail(struct fields_reader *r, const char *what, const char *detail)
{
	return error_set(r->err, "%s:%zu: %s%s%s", r->name, r->line, what, detail ? ": " : "",
			 detail ? detail : "");
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Undoes the %XX escapes; NULL when they are malformed or give a NUL. */
static const char *unescape(struct arena *a, const char *s, size_t len)
{
	char *out, *p;

	if (len == 1 && *s == '%')
		return "";
	out = p = arena_alloc(a, len + 1);
	for (size_t i = 0; i < len; i++) {
		int high, low;

		if (s[i] != '%') {
			*p++ = s[i];
			continue;
		}
		if (i + 2 >= len)
			return NULL;
		high = hex_digit(s[i + 1]);
		low = hex_digit(s[i + 2]);
		if (high < 0 || low < 0 || !(high | low))
			return NULL;
		*p++ = (char)(high * 16 + low);
		i += 2;
	}
	*p = '\0';
	return out;
}

int fields_split(struct fields_reader *r, const char *s, const char *end)
{
	r->n_fields = 0;
	while (s < end) {
		const char *stop = memchr(s, ' ', (size_t)(end - s));
		const char *equals;
		struct field *field = &r->fields[r->n_fields];

		if (!stop)
			stop = end;
		if (stop == s)
			return fields_fail(r, "two blanks in a row, or a blank at the end", NULL);
		if (r->n_fields++ == MAX_FIELDS)
			return fields_fail(r, "too many fields", NULL);
		/* Record and subject come first and may contain '='. */
		equals = r->n_fields > 2 ? memchr(s, '=', (size_t)(stop - s)) : NULL;
		if (!equals && r->n_fields > 2)
			return fields_fail(r, "a field must be KEY=VALUE", NULL);
		*field = (struct field){0};
		if (equals) {
			field->key = arena_strndup(&r->f->arena, s, (size_t)(equals - s));
			s = equals + 1;
		}
		field->value = unescape(&r->f->arena, s, (size_t)(stop - s));
		if (!field->value)
			return fields_fail(r, "malformed %XX escape", NULL);
		s = stop < end ? stop + 1 : end;
	}
	return 0;
}

const char *fields_take(struct fields_reader *r, const char *key)
{
	for (size_t i = 1; i < r->n_fields; i++) {
		struct field *field = &r->fields[i];

		if (field->key && !field->used && !strcmp(field->key, key)) {
			field->used = true;
			return field->value;
		}
	}
	return NULL;
}

bool fields_has(const struct fields_reader *r, const char *key)
{
	for (size_t i = 1; i < r->n_fields; i++)
		if (r->fields[i].key && !strcmp(r->fields[i].key, key))
			return true;
	return false;
}

const char *fields_subject(struct fields_reader *r)
{
	if (r->n_fields < 2 || r->fields[1].key)
		return NULL;
	r->fields[1].used = true;
	return r->fields[1].value;
}

int fields_parse(struct fields_reader *r, const char *name, const char *text, int64_t min,
		 int64_t *out)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (errno || end == text || *end || n < min)
		return fields_fail(r, "bad number", name);
	*out = n;
	return 0;
}

int fields_number(struct fields_reader *r, const char *key, int64_t missing, int64_t min,
		  int64_t *out)
{
	const char *text = fields_take(r, key);

	*out = missing;
	return text ? fields_parse(r, key, text, min, out) : 0;
}

int fields_flag(struct fields_reader *r, const char *key, bool *out)
{
	int64_t n;

	if (fields_number(r, key, 0, 0, &n))
		return -1;
	*out = n != 0;
	return 0;
}

int fields_word(const char *word, const char *(*name)(unsigned), unsigned n)
{
	for (unsigned i = 0; word && i < n; i++)
		if (!strcmp(word, name(i)))
			return (int)i;
	return -1;
}

/* "FILE:LINE:COLUMN"; the file may hold colons. */
int fields_loc(struct fields_reader *r, struct fact_loc *loc)
{
	const char *text = fields_take(r, "at");
	const char *column, *line;
	char *end;

	if (!text)
		return 0;
	column = strrchr(text, ':');
	line = column ? memrchr(text, ':', (size_t)(column - text)) : NULL;
	if (!line || line == text)
		return fields_fail(r, "a place must be FILE:LINE:COLUMN", text);
	loc->file = arena_strndup(&r->f->arena, text, (size_t)(line - text));
	loc->line = (uint32_t)strtoul(line + 1, &end, 10);
	if (end != column || end == line + 1)
		return fields_fail(r, "a place must be FILE:LINE:COLUMN", text);
	loc->column = (uint32_t)strtoul(column + 1, &end, 10);
	if (*end || end == column + 1)
		return fields_fail(r, "a place must be FILE:LINE:COLUMN", text);
	return 0;
}
