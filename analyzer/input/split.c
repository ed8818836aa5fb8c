/*
 * Splitting of command lines. Input: one string. Output: arguments. Each splitter is one pass that copies
 * bytes into a buffer as long as the input, since unquoting never makes a string longer.
 * Sources: POSIX.1-2017 XCU 2.2 (quoting), the parsing rules in Microsoft's documentation of
 * "main function and command-line arguments".
 */
#include "input/split.h"
#include "base/mem.h"

/* Where a splitter writes: `p` is the next free byte. */
struct writer {
	struct split *out;
	char *p;
	bool open; /* an argument has begun */
};

static void begin(struct split *out, const char *s, struct writer *w)
{
	size_t need = 2 * strlen(s) + 2; /* a NUL for each argument, of one byte at least */

	if (need > out->cap) {
		out->text = mem_realloc(out->text, need, 1);
		out->cap = need;
	}
	out->starts.n = 0;
	*w = (struct writer){.out = out, .p = out->text};
}

static void open_word(struct writer *w)
{
	if (w->open)
		return;
	w->open = true;
	*vec_push(&w->out->starts) = (size_t)(w->p - w->out->text);
}

static void close_word(struct writer *w)
{
	if (!w->open)
		return;
	*w->p++ = '\0';
	w->out->end = (size_t)(w->p - w->out->text);
	w->open = false;
}

static void drop_word(struct writer *w)
{
	if (!w->open)
		return;
	w->open = false;
	w->p = w->out->text + w->out->starts.v[--w->out->starts.n];
}

static void put(struct writer *w, char c)
{
	open_word(w);
	*w->p++ = c;
}

/* `s` is behind the opening quote; gives the byte behind the closing one (or the end). */
static const char *quoted(struct writer *w, const char *s, char quote)
{
	open_word(w);
	for (; *s && *s != quote; s++) {
		if (quote == '"' && *s == '\\' && s[1] && strchr("\\\"$`\n", s[1])) {
			if (*++s == '\n')
				continue;
		}
		*w->p++ = *s;
	}
	return *s ? s + 1 : s;
}

/* A run of bytes without any special meaning: the fast path. */
static const char *plain(struct writer *w, const char *s)
{
	static const bool special[256] = {
		['\0'] = true, [' '] = true, ['\t'] = true, ['\n'] = true, ['\r'] = true,
		['\''] = true, ['"'] = true, ['\\'] = true, [';'] = true,  ['&'] = true,
		['|'] = true,  ['<'] = true, ['>'] = true,
	};

	open_word(w);
	while (!special[(unsigned char)*s])
		*w->p++ = *s++;
	return s;
}

static bool is_number(const char *s, const char *end)
{
	while (s < end && *s >= '0' && *s <= '9')
		s++;
	return s == end;
}

/* At `<` or `>`: forgets a file descriptor before it; gives the byte behind the operator. */
static const char *redirection(struct writer *w, const char *s)
{
	if (w->open && is_number(w->out->text + w->out->starts.v[w->out->starts.n - 1], w->p))
		drop_word(w);
	else
		close_word(w);
	while (*s == '<' || *s == '>' || *s == '&' || *s == '|')
		s++;
	return s + strspn(s, " \t");
}

/* One argument or blank from `s`; an operator is left where it is. */
static const char *shell_step(struct writer *w, const char *s)
{
	switch (*s) {
	case ' ':
	case '\t':
	case '\r': close_word(w); return s + 1;
	case '\'':
	case '"': return quoted(w, s + 1, *s);
	case '\\':
		if (s[1] == '\n')
			return s + 2;
		if (!s[1]) {
			put(w, '\\');
			return s + 1;
		}
		put(w, s[1]);
		return s + 2;
	default: return plain(w, s);
	}
}

/* Skips the target word of a redirection. */
static const char *skip_target(struct writer *w, const char *s)
{
	size_t before = w->out->starts.n;

	while (*s && !strchr(" \t\r\n;&|<>", *s))
		s = shell_step(w, s);
	if (w->out->starts.n > before)
		drop_word(w);
	return s;
}

static bool is_operator(char c)
{
	return c == '\n' || c == ';' || c == '&' || c == '|';
}

bool split_shell(const char **cursor, struct split *out)
{
	const char *s = *cursor;
	struct writer w;

	begin(out, s, &w);
	while (*s && !(out->starts.n && is_operator(*s))) {
		if (*s == '<' || *s == '>')
			s = skip_target(&w, redirection(&w, s));
		else if (is_operator(*s))
			s++;
		else
			s = shell_step(&w, s);
	}
	close_word(&w);
	*cursor = s;
	return out->starts.n > 0;
}

void split_response(const char *s, struct split *out)
{
	struct writer w;

	for (begin(out, s, &w); *s;) {
		if (*s == '\n') {
			close_word(&w);
			s++;
		} else if (strchr(";&|<>", *s)) {
			put(&w, *s++);
		} else {
			s = shell_step(&w, s);
		}
	}
	close_word(&w);
}

/* The program name: up to a blank outside quotes; quotes only group. */
static const char *windows_program(struct writer *w, const char *s)
{
	bool in_quotes = false;

	for (s += strspn(s, " \t\r\n"); *s && (in_quotes || !strchr(" \t\r\n", *s)); s++) {
		open_word(w);
		if (*s == '"')
			in_quotes = !in_quotes;
		else
			put(w, *s);
	}
	close_word(w);
	return s;
}

/* Backslashes at `s`: literal unless a quote follows, which halves them. */
static const char *backslashes(struct writer *w, const char *s)
{
	size_t n = strspn(s, "\\");
	size_t keep = s[n] == '"' ? n / 2 : n;

	for (size_t i = 0; i < keep; i++)
		put(w, '\\');
	if (s[n] == '"' && n % 2) {
		put(w, '"');
		n++;
	}
	return s + n;
}

void split_windows(const char *s, bool program, struct split *out)
{
	bool in_quotes = false;
	struct writer w;

	begin(out, s, &w);
	if (program)
		s = windows_program(&w, s);
	while (*s) {
		if (*s == '\\') {
			s = backslashes(&w, s);
		} else if (*s == '"' && in_quotes && s[1] == '"') {
			put(&w, '"');
			s += 2;
		} else if (*s == '"') {
			open_word(&w);
			in_quotes = !in_quotes;
			s++;
		} else if (!in_quotes && strchr(" \t\r\n", *s)) {
			close_word(&w);
			s++;
		} else {
			put(&w, *s++);
		}
	}
	close_word(&w);
}

const char *split_at(const struct split *s, size_t i)
{
	return s->text + s->starts.v[i];
}

size_t split_len(const struct split *s, size_t i)
{
	return (i + 1 < s->starts.n ? s->starts.v[i + 1] : s->end) - s->starts.v[i] - 1;
}

void split_release(struct split *s)
{
	free(s->text);
	vec_release(&s->starts);
	*s = (struct split){0};
}
