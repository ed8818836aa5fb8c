#include "extract/x86_text.h"

#include <stdlib.h>
#include <string.h>

/* Number of the register named at `s` (behind the '%'), with its width in bytes; NO_REG for others. */
static uint8_t register_number(const char *s, unsigned *width)
{
	static const char legacy[8][3] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};

	*width = 8;
	if (*s == 'r' && s[1] >= '0' && s[1] <= '9') {
		unsigned n = (unsigned)(s[1] - '0');
		const char *p = s + 2;

		if (*p >= '0' && *p <= '9')
			n = n * 10 + (unsigned)(*p++ - '0');
		*width = *p == 'd' ? 4 : *p == 'w' ? 2 : *p == 'b' ? 1 : 8;
		return n >= R8 && n <= R15 ? (uint8_t)n : NO_REG;
	}
	if (*s == 'r' || *s == 'e')
		*width = *s++ == 'r' ? 8 : 4;
	else
		*width = 2;
	for (uint8_t i = 0; i < 8; i++) {
		char after = s[2];

		if (s[0] == legacy[i][0] && s[1] == legacy[i][1] &&
		    !(after >= 'a' && after <= 'z' && after != 'l')) {
			if (after == 'l')
				*width = 1;
			return i;
		}
	}
	/* al ah cl ch dl dh bl bh */
	if ((s[1] == 'l' || s[1] == 'h') && *width == 2) {
		static const char letters[] = "acdb";
		const char *at = strchr(letters, s[0]);

		*width = 1;
		if (s[0] && at)
			return (uint8_t)(at - letters);
	}
	return NO_REG;
}

static char *parse_memory(char *s, struct x86_operand *op)
{
	unsigned width;

	op->kind = OPERAND_MEM;
	op->reg = op->index = NO_REG;
	if (*s != '(') {
		op->imm = strtoll(s, &s, 0);
		/* A symbolic displacement does not occur: LLVM prints numbers. */
	}
	if (*s != '(') {
		op->absolute = true;
		return s;
	}
	s++;
	if (*s == '%') {
		if (!strncmp(s, "%rip", 4) || !strncmp(s, "%eip", 4))
			op->absolute = true;
		op->reg = register_number(s + 1, &width);
	}
	s += strcspn(s, ",)");
	if (*s == ',') {
		s += strspn(s, ", ");
		if (*s == '%') {
			op->indexed = strncmp(s, "%riz", 4) && strncmp(s, "%eiz", 4);
			op->index = register_number(s + 1, &width);
		}
		op->scale = 1;
		s += strcspn(s, ",)");
		if (*s == ',')
			op->scale = (uint8_t)strtoul(s + 1, &s, 10);
	}
	s += strcspn(s, ")");
	return *s ? s + 1 : s;
}

static char *parse_operand(char *s, struct x86_operand *op)
{
	*op = (struct x86_operand){.reg = NO_REG, .index = NO_REG};
	if (*s == '*') {
		op->star = true;
		s++;
	}
	if (*s == '%' && s[1] && s[2] == 's' && s[3] == ':') {
		op->segment = true;
		s += 4;
	}
	if (*s == '%') {
		op->kind = OPERAND_REG;
		op->reg = register_number(s + 1, &op->width);
		return s + strcspn(s, ",");
	}
	if (*s == '$') {
		op->kind = OPERAND_IMM;
		op->imm = strtoll(s + 1, &s, 0);
		return s + strcspn(s, ",");
	}
	s = parse_memory(s, op);
	return s + strcspn(s, ",");
}

unsigned x86_operands(char *s, struct x86_operand op[4])
{
	unsigned n = 0;

	while (*s && n < 4) {
		s += strspn(s, " \t");
		if (!*s || *s == '#')
			break;
		s = parse_operand(s, &op[n++]);
		if (*s == ',')
			s++;
	}
	return n;
}

static bool is_prefix(const char *m)
{
	static const char *const prefixes[] = {"lock", "rep",	 "repne", "notrack",
					       "bnd",  "data16", "cs",	  "ds",
					       "es",   "ss",	 "rex64", "addr32"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (*m == *prefixes[i] && !strcmp(m, prefixes[i]))
			return true;
	return false;
}

static char *skip_blanks(char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

char *x86_split(char *text, char **rest)
{
	for (;;) {
		char *m = skip_blanks(text), *end = m;

		while (*end && *end != ' ' && *end != '\t')
			end++;
		*rest = skip_blanks(end);
		*end = '\0';
		if (!**rest || !is_prefix(m))
			return m;
		text = *rest;
	}
}
