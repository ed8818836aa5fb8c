#include "extract/source_text.h"

#include <string.h>

static bool begins_identifier(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool continues_identifier(char c)
{
	return begins_identifier(c) || (c >= '0' && c <= '9');
}

static char peek(const struct source_text *s, size_t ahead)
{
	return s->end - s->at > ahead ? s->text[s->at + ahead] : '\0';
}

static void step(struct source_text *s)
{
	if (s->text[s->at++] == '\n')
		s->line++;
}

/* A string or a character constant; ends with its line when its author forgot to end it. */
static void skip_quoted(struct source_text *s)
{
	char quote = s->text[s->at];

	step(s);
	while (s->at < s->end && s->text[s->at] != quote && s->text[s->at] != '\n') {
		if (s->text[s->at] == '\\' && s->at + 1 < s->end)
			step(s);
		step(s);
	}
	if (s->at < s->end)
		step(s);
}

/* At "//" or in front of the star of a block comment: moves behind the comment, gives its inside. */
static void take_comment(struct source_text *s, const char **word, size_t *len)
{
	bool block = peek(s, 1) == '*';
	size_t start;

	s->at += 2;
	start = s->at;
	*word = s->text + start;
	while (s->at < s->end) {
		if (block ? peek(s, 0) == '*' && peek(s, 1) == '/' : peek(s, 0) == '\n')
			break;
		step(s);
	}
	*len = s->at - start;
	if (block && s->at < s->end)
		s->at += 2;
}

bool source_text_next(struct source_text *s, enum source_word *kind, const char **word, size_t *len,
		      uint32_t *line)
{
	while (s->at < s->end) {
		char c = s->text[s->at];

		*line = s->line;
		if (c == '/' && (peek(s, 1) == '/' || peek(s, 1) == '*')) {
			*kind = WORD_COMMENT;
			take_comment(s, word, len);
			return true;
		}
		if (begins_identifier(c)) {
			*kind = WORD_IDENTIFIER;
			*word = s->text + s->at;
			for (*len = 0; continues_identifier(peek(s, 0)); ++*len)
				s->at++;
			return true;
		}
		if (c == '"' || c == '\'') {
			skip_quoted(s);
		} else if (c >= '0' && c <= '9') {
			while (continues_identifier(peek(s, 0)))
				s->at++;
		} else {
			step(s);
		}
	}
	return false;
}
