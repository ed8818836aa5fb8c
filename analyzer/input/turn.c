/* The arguments that clean-up reads or translates: the handlers of args.def. */
#include "base/error.h"
#include "base/text.h"
#include "input/clean.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* A value that stands alone must read as a path to clang, never as an option or a response file. */
static void push_path(struct cleaner *c, struct command *out, const char *path)
{
	if (path[0] == '-' || path[0] == '@')
		clean_printf(c, out, "./%s", path);
	else
		clean_push(c, out, path);
}

/* `KBUILD_MODNAME="nvme"`, older kernels `KBUILD_MODNAME=KBUILD_STR(nvme)`. */
static void see_define(struct cleaner *c, struct command *out, const char *define)
{
	const char *name;
	size_t n;

	if (str_starts(define, "__KERNEL__"))
		c->linux_like = true;
	if (!str_starts(define, "KBUILD_MODNAME="))
		return;
	c->linux_like = true;
	name = strchr(define, '=') + 1;
	if (str_starts(name, "KBUILD_STR("))
		name += strlen("KBUILD_STR(");
	name += strspn(name, "\"\\'");
	n = strcspn(name, "\"\\')");
	if (n)
		out->module = words_at(c->words, words_add(c->words, name, n));
}

/* Appends <canonical name><value>; the argument itself when that is how it is spelled. */
static void push_joined(struct cleaner *c, struct command *out, const char *name, const char *text,
			const char *value)
{
	if (value == text + strlen(name) && str_starts(text, name))
		*vec_push(&out->argv) = text;
	else
		clean_printf(c, out, "%s%s", name, value);
}

/* A forced header or a folder: the name and its value, each an argument. */
static void turn_include(struct cleaner *c, struct command *out, const char *name,
			 const char *value)
{
	clean_push(c, out, name);
	push_path(c, out, value);
	if (!c->linux_like && !c->windows_like)
		clean_see_path(c, value);
	if (!strcmp(name, "-include"))
		out->includes = true;
}

/* The next part of a list with commas, as a word; NULL at its end. */
static const char *next_part(struct cleaner *c, const char **list)
{
	size_t n;
	const char *part;

	*list += strspn(*list, ",");
	n = strcspn(*list, ",");
	if (!n)
		return NULL;
	part = words_at(c->words, words_add(c->words, *list, n));
	*list += n;
	return part;
}

/* -DX and -UX (or -D X) that were meant for the preprocessor; the rest of `-Wp,` lists dependencies. */
static void turn_preprocessor(struct cleaner *c, struct command *out, const char *list)
{
	const char *t;

	while ((t = next_part(c, &list))) {
		bool define = str_starts(t, "-D");

		if (!define && !str_starts(t, "-U"))
			clean_drop(c, "-Wp,", arg_reason(ARG_WRITES));
		else if (t[2])
			clean_push(c, out, t);
		else if ((t = next_part(c, &list)))
			clean_printf(c, out, "%s%s", define ? "-D" : "-U", t);
		else
			break;
	}
}

/* What inline assembly needs to be accepted; all other assembler options only shape the object file. */
static void turn_assembler(struct cleaner *c, struct command *out, const char *list)
{
	static const char *const known[] = {"-march=", "-mcpu=", "-mfpu=", "-mimplicit-it="};
	const char *t;

	while ((t = next_part(c, &list))) {
		size_t i = 0;

		while (i < sizeof(known) / sizeof(known[0]) && !str_starts(t, known[i]))
			i++;
		if (i < sizeof(known) / sizeof(known[0]))
			clean_printf(c, out, "-Wa,%s", t);
		else
			clean_drop(c, "-Wa,", "for the assembler only");
	}
}

/* CMake hands a forced header to clang as `-Xclang -include -Xclang FILE`. */
static void turn_xclang(struct cleaner *c, struct command *out, struct stream *in,
			const char *value)
{
	bool include = !strcmp(value, "-include");

	if (include && in->i + 1 < in->n &&
	    !strcmp(words_at(c->words, in->ids[in->i]), "-Xclang") &&
	    words_at(c->words, in->ids[in->i + 1])[0]) {
		turn_include(c, out, "-include", words_at(c->words, in->ids[in->i + 1]));
		in->i += 2;
		return;
	}
	clean_drop(c, "-Xclang", arg_reason(ARG_INTERNAL));
}

static void turn_language(struct cleaner *c, struct command *out, const char *value)
{
	if (!strcmp(value, "c") || !strcmp(value, "cpp-output")) {
		out->language = LANGUAGE_C;
		clean_push(c, out, "-x");
		clean_push(c, out, value);
	} else if (!strcmp(value, "none")) {
		out->language = LANGUAGE_BY_NAME;
	} else {
		out->language = LANGUAGE_OTHER;
	}
}

static void turn_standard(struct cleaner *c, struct command *out, const char *value)
{
	const char *p = value;

	while (isalnum((unsigned char)*p) || *p == ':')
		p++;
	if (*p || p == value)
		clean_drop(c, "-std=", arg_reason(ARG_LANGUAGE));
	else
		clean_printf(c, out, "-std=%s", value);
}

/* GCC takes any number and clang warns above 3, which is the same to both. */
static void turn_optimize(struct cleaner *c, struct command *out, const char *value)
{
	static const char *const known[] = {"", "0", "1", "2", "3", "s", "z", "g", "fast"};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!strcmp(value, known[i])) {
			clean_printf(c, out, "-O%s", value);
			return;
		}
	}
	if (!value[strspn(value, "0123456789")])
		clean_push(c, out, "-O3");
	else
		clean_drop(c, "-O", arg_reason(ARG_UNKNOWN));
}

static void turn_bits(struct command *out, const char *text)
{
	out->bits = !strcmp(text, "-m16")    ? 16
		    : !strcmp(text, "-m32")  ? 32
		    : !strcmp(text, "-mx32") ? 33
					     : 64;
}

/* --param ssp-buffer-size=N decides which functions get a canary; all other parameters are GCC's. */
static void turn_param(struct cleaner *c, struct command *out, const char *value)
{
	const char *name = "ssp-buffer-size=";
	size_t n = strlen(name);

	if (str_starts(value, name) && value[n] && !value[n + strspn(value + n, "0123456789")])
		clean_printf(c, out, "--param=%s", value);
	else
		clean_drop(c, "--param", arg_reason(ARG_GCC));
}

/* GCC gives the boundary as a power of two, clang in bytes. */
static void turn_boundary(struct cleaner *c, struct command *out, const char *value)
{
	int n = value[0] && !value[strspn(value, "0123456789")] && strlen(value) < 3
			? (value[1] ? (value[0] - '0') * 10 + value[1] - '0' : value[0] - '0')
			: 0;

	if (n >= 2 && n <= 12)
		clean_printf(c, out, "-mstack-alignment=%d", 1 << n);
	else
		clean_drop(c, "-mpreferred-stack-boundary=", arg_reason(ARG_UNKNOWN));
}

/* GCC's retpolines: clang has the same thunks under other names. */
static void turn_branch(struct cleaner *c, struct command *out, const char *value)
{
	if (!strcmp(value, "thunk-extern"))
		clean_push(c, out, "-mretpoline-external-thunk");
	else if (!strcmp(value, "thunk") || !strcmp(value, "thunk-inline"))
		clean_push(c, out, "-mretpoline");
	else if (strcmp(value, "keep"))
		clean_drop(c, "-mindirect-branch=", arg_reason(ARG_GCC));
}

/* The name under which clang knows a sanitizer; NULL when it does not. */
static const char *sanitizer(const char *name)
{
	static const char *const known[] = {
		"address",
		"alignment",
		"array-bounds",
		"bool",
		"bounds",
		"builtin",
		"dataflow",
		"enum",
		"float-cast-overflow",
		"float-divide-by-zero",
		"function",
		"fuzzer",
		"fuzzer-no-link",
		"hwaddress",
		"implicit-bitfield-conversion",
		"implicit-conversion",
		"implicit-integer-arithmetic-value-change",
		"implicit-integer-conversion",
		"implicit-integer-sign-change",
		"implicit-integer-truncation",
		"implicit-signed-integer-truncation",
		"implicit-unsigned-integer-truncation",
		"integer",
		"integer-divide-by-zero",
		"kcfi",
		"kernel-address",
		"kernel-hwaddress",
		"kernel-memory",
		"leak",
		"local-bounds",
		"memory",
		"memtag-globals",
		"memtag-heap",
		"memtag-stack",
		"nonnull-attribute",
		"null",
		"nullability",
		"nullability-arg",
		"nullability-assign",
		"nullability-return",
		"object-size",
		"pointer-overflow",
		"return",
		"returns-nonnull-attribute",
		"safe-stack",
		"scudo",
		"shadow-call-stack",
		"shift",
		"shift-base",
		"shift-exponent",
		"signed-integer-overflow",
		"thread",
		"undefined",
		"undefined-trap",
		"unreachable",
		"unsigned-integer-overflow",
		"unsigned-shift-base",
		"vla-bound",
	};

	if (!strcmp(name, "bounds-strict"))
		return "bounds";
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!strcmp(name, known[i]))
			return known[i];
	}
	return NULL;
}

static void turn_sanitize(struct cleaner *c, struct command *out, const char *option,
			  const char *list)
{
	struct buf kept = {0};
	const char *t;

	while ((t = next_part(c, &list))) {
		const char *name = !strcmp(t, "all") && option[2] == 'n' ? t : sanitizer(t);
		char flag[128];

		if (name) {
			buf_printf(&kept, "%s%s", kept.len ? "," : "", name);
			continue;
		}
		snprintf(flag, sizeof(flag), "%s%s", option, t);
		clean_drop(c, flag,
			   str_starts(t, "cfi") ? arg_reason(ARG_LTO) : arg_reason(ARG_GCC));
	}
	if (kept.len)
		clean_printf(c, out, "%s%s", option, buf_str(&kept));
	buf_release(&kept);
}

void turn_arg(struct cleaner *c, struct command *out, struct stream *in, const struct arg_row *row,
	      const char *text, const char *value)
{
	switch ((enum arg_verdict)row->verdict) {
	case ARG_DEFINE:
		see_define(c, out, value);
		push_joined(c, out, "-D", text, value);
		break;
	case ARG_UNDEFINE: push_joined(c, out, "-U", text, value); break;
	case ARG_SEARCH:
		if (value[0] == '-')
			clean_drop(c, "-I-", arg_reason(ARG_PLACE));
		else
			push_joined(c, out, "-I", text, value);
		break;
	case ARG_INCLUDE: turn_include(c, out, row->name, value); break;
	case ARG_TARGET: out->target = words_text(c->words, value); break;
	case ARG_BITS: turn_bits(out, text); break;
	case ARG_XLANG: turn_language(c, out, value); break;
	case ARG_STANDARD: turn_standard(c, out, value); break;
	case ARG_OPTIMIZE: turn_optimize(c, out, value); break;
	case ARG_OUTPUT: out->output = words_text(c->words, value); break;
	case ARG_ONLY: out->only = true; break;
	case ARG_WP:
	case ARG_XPREPROCESSOR: turn_preprocessor(c, out, value); break;
	case ARG_WA: turn_assembler(c, out, value); break;
	case ARG_XCLANG: turn_xclang(c, out, in, value); break;
	case ARG_PARAM: turn_param(c, out, value); break;
	case ARG_BOUNDARY: turn_boundary(c, out, value); break;
	case ARG_BRANCH: turn_branch(c, out, value); break;
	case ARG_PREFIX: clean_printf(c, out, "-fmacro-prefix-map=%s", value); break;
	case ARG_SANITIZE: turn_sanitize(c, out, row->name, value); break;
	default: BUG("%s has no handler", row->name);
	}
}
