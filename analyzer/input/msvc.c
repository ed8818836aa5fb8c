/*
 * The command language of cl.exe and clang-cl. Input: its arguments. Output: gcc-style arguments, which then go
 * through the allow-list like all others. Sources: Microsoft's "MSVC compiler options" reference and what
 * `clang-cl -###` makes of each option.
 */
#include "base/text.h"
#include "input/clean.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum cl_action {
	CL_AS_IS, /* becomes `gnu` */
	CL_JOINED, /* becomes `gnu`VALUE */
	CL_PATH, /* becomes `gnu` VALUE, with slashes turned */
	CL_NEEDED, /* said by every command */
	CL_DROP, /* left out; `why` is an arg_verdict */
	CL_OPTIMIZE,
	CL_RUNTIME,
	CL_STANDARD,
	CL_ARCH,
	CL_STDCALL,
	CL_COOKIE_OFF,
	CL_COOKIE_ON,
	CL_OUTPUT,
	CL_SOURCE_C,
	CL_SOURCE_CXX,
	CL_RAW,
	CL_REST,
};

static const struct cl_row {
	const char *name;
	enum arg_arity arity;
	enum cl_action action;
	const char *gnu;
	enum arg_verdict why;
} cl_rows[] = {
	/* What the preprocessor sees. */
	{"D", ARG_EITHER, CL_JOINED, "-D", ARG_KEEP},
	{"U", ARG_EITHER, CL_JOINED, "-U", ARG_KEEP},
	{"I", ARG_EITHER, CL_PATH, "-I", ARG_KEEP},
	{"FI", ARG_EITHER, CL_PATH, "-include", ARG_KEEP},
	{"external:I", ARG_EITHER, CL_PATH, "-isystem", ARG_KEEP},
	{"imsvc", ARG_EITHER, CL_PATH, "-isystem", ARG_KEEP},
	{"winsysroot", ARG_EITHER, CL_PATH, "-Xmicrosoft-windows-sys-root", ARG_KEEP},
	{"vctoolsdir", ARG_EITHER, CL_PATH, "-Xmicrosoft-visualc-tools-root", ARG_KEEP},
	{"winsdkdir", ARG_EITHER, CL_PATH, "-Xmicrosoft-windows-sdk-root", ARG_KEEP},
	{"X", ARG_FLAG, CL_AS_IS, "-nostdlibinc", ARG_KEEP},
	{"u", ARG_FLAG, CL_AS_IS, "-undef", ARG_KEEP},
	{"MD", ARG_FLAG, CL_RUNTIME, NULL, ARG_KEEP},
	{"MDd", ARG_FLAG, CL_RUNTIME, NULL, ARG_KEEP},
	{"MT", ARG_FLAG, CL_RUNTIME, NULL, ARG_KEEP},
	{"MTd", ARG_FLAG, CL_RUNTIME, NULL, ARG_KEEP},
	{"LDd", ARG_FLAG, CL_AS_IS, "-D_DEBUG", ARG_KEEP},
	{"kernel", ARG_FLAG, CL_AS_IS, "-D_KERNEL_MODE=1", ARG_KEEP},
	/* The language. */
	{"std:", ARG_JOINED, CL_STANDARD, NULL, ARG_KEEP},
	{"J", ARG_FLAG, CL_AS_IS, "-funsigned-char", ARG_KEEP},
	{"TC", ARG_FLAG, CL_SOURCE_C, NULL, ARG_KEEP},
	{"TP", ARG_FLAG, CL_SOURCE_CXX, NULL, ARG_KEEP},
	{"Tc", ARG_EITHER, CL_SOURCE_C, NULL, ARG_KEEP},
	{"Tp", ARG_EITHER, CL_SOURCE_CXX, NULL, ARG_KEEP},
	{"volatile:iso", ARG_FLAG, CL_AS_IS, "-fno-ms-volatile", ARG_KEEP},
	{"volatile:ms", ARG_FLAG, CL_AS_IS, "-fms-volatile", ARG_KEEP},
	{"openmp", ARG_FLAG, CL_AS_IS, "-fopenmp", ARG_KEEP},
	{"Zp", ARG_JOINED, CL_JOINED, "-fpack-struct=", ARG_KEEP},
	{"Zc:", ARG_JOINED, CL_DROP, NULL, ARG_LANGUAGE},
	{"permissive", ARG_JOINED, CL_DROP, NULL, ARG_LANGUAGE},
	{"EH", ARG_JOINED, CL_DROP, NULL, ARG_LANGUAGE},
	{"GR", ARG_JOINED, CL_DROP, NULL, ARG_LANGUAGE},
	{"GX", ARG_JOINED, CL_DROP, NULL, ARG_LANGUAGE},
	{"vd", ARG_JOINED, CL_DROP, NULL, ARG_LANGUAGE},
	{"vm", ARG_JOINED, CL_DROP, NULL, ARG_LANGUAGE},
	{"await", ARG_JOINED, CL_DROP, NULL, ARG_LANGUAGE},
	{"Za", ARG_FLAG, CL_DROP, NULL, ARG_LANGUAGE},
	{"Ze", ARG_FLAG, CL_DROP, NULL, ARG_LANGUAGE},
	/* How the code looks. */
	{"O", ARG_JOINED, CL_OPTIMIZE, NULL, ARG_KEEP},
	{"GS", ARG_FLAG, CL_COOKIE_ON, NULL, ARG_KEEP},
	{"GS-", ARG_FLAG, CL_COOKIE_OFF, NULL, ARG_KEEP},
	{"Gs", ARG_JOINED, CL_JOINED, "-mstack-probe-size=", ARG_KEEP},
	{"Gz", ARG_FLAG, CL_STDCALL, NULL, ARG_KEEP},
	{"Gd", ARG_FLAG, CL_NEEDED, NULL, ARG_KEEP},
	{"Gr", ARG_FLAG, CL_DROP, NULL, ARG_UNKNOWN},
	{"Gv", ARG_FLAG, CL_DROP, NULL, ARG_UNKNOWN},
	{"Gy", ARG_FLAG, CL_AS_IS, "-ffunction-sections", ARG_KEEP},
	{"Gy-", ARG_FLAG, CL_AS_IS, "-fno-function-sections", ARG_KEEP},
	{"Gw", ARG_FLAG, CL_AS_IS, "-fdata-sections", ARG_KEEP},
	{"Gw-", ARG_FLAG, CL_AS_IS, "-fno-data-sections", ARG_KEEP},
	{"hotpatch", ARG_FLAG, CL_AS_IS, "-fms-hotpatch", ARG_KEEP},
	{"fp:precise", ARG_FLAG, CL_AS_IS, "-ffp-model=precise", ARG_KEEP},
	{"fp:strict", ARG_FLAG, CL_AS_IS, "-ffp-model=strict", ARG_KEEP},
	{"fp:fast", ARG_FLAG, CL_AS_IS, "-ffp-model=fast", ARG_KEEP},
	{"arch:", ARG_JOINED, CL_ARCH, NULL, ARG_KEEP},
	{"clang:", ARG_JOINED, CL_RAW, NULL, ARG_KEEP},
	{"guard:", ARG_JOINED, CL_DROP, NULL, ARG_UNKNOWN},
	{"RTC", ARG_JOINED, CL_DROP, NULL, ARG_UNKNOWN},
	{"sdl", ARG_JOINED, CL_DROP, NULL, ARG_UNKNOWN},
	{"Qspectre", ARG_JOINED, CL_DROP, NULL, ARG_UNKNOWN},
	{"GL", ARG_JOINED, CL_DROP, NULL, ARG_LTO},
	{"GF", ARG_FLAG, CL_NEEDED, NULL, ARG_KEEP},
	{"Gm", ARG_JOINED, CL_NEEDED, NULL, ARG_KEEP},
	/* Said by every command, or of no weight. */
	{"c", ARG_FLAG, CL_NEEDED, NULL, ARG_KEEP},
	{"nologo", ARG_FLAG, CL_NEEDED, NULL, ARG_KEEP},
	{"kernel-", ARG_FLAG, CL_NEEDED, NULL, ARG_KEEP},
	{"MP", ARG_JOINED, CL_NEEDED, NULL, ARG_KEEP},
	{"FS", ARG_FLAG, CL_NEEDED, NULL, ARG_KEEP},
	{"LD", ARG_FLAG, CL_NEEDED, NULL, ARG_KEEP},
	{"bigobj", ARG_FLAG, CL_NEEDED, NULL, ARG_KEEP},
	{"Brepro", ARG_JOINED, CL_NEEDED, NULL, ARG_KEEP},
	{"utf-8", ARG_FLAG, CL_NEEDED, NULL, ARG_KEEP},
	{"E", ARG_FLAG, CL_AS_IS, "-E", ARG_KEEP},
	{"EP", ARG_FLAG, CL_AS_IS, "-E", ARG_KEEP},
	{"P", ARG_FLAG, CL_AS_IS, "-E", ARG_KEEP},
	{"Fo", ARG_JOINED, CL_OUTPUT, NULL, ARG_KEEP},
	{"o", ARG_EITHER, CL_OUTPUT, NULL, ARG_KEEP},
	{"link", ARG_FLAG, CL_REST, NULL, ARG_LINKER},
	/* Left out. */
	{"W", ARG_JOINED, CL_DROP, NULL, ARG_WARNING},
	{"w", ARG_FLAG, CL_DROP, NULL, ARG_WARNING},
	{"wd", ARG_JOINED, CL_DROP, NULL, ARG_WARNING},
	{"we", ARG_JOINED, CL_DROP, NULL, ARG_WARNING},
	{"wo", ARG_JOINED, CL_DROP, NULL, ARG_WARNING},
	{"w1", ARG_JOINED, CL_DROP, NULL, ARG_WARNING},
	{"w2", ARG_JOINED, CL_DROP, NULL, ARG_WARNING},
	{"w3", ARG_JOINED, CL_DROP, NULL, ARG_WARNING},
	{"w4", ARG_JOINED, CL_DROP, NULL, ARG_WARNING},
	{"external:", ARG_JOINED, CL_DROP, NULL, ARG_WARNING},
	{"experimental:", ARG_JOINED, CL_DROP, NULL, ARG_UNKNOWN},
	{"analyze", ARG_JOINED, CL_DROP, NULL, ARG_WARNING},
	{"diagnostics:", ARG_JOINED, CL_DROP, NULL, ARG_MESSAGE},
	{"showIncludes", ARG_JOINED, CL_DROP, NULL, ARG_MESSAGE},
	{"errorReport", ARG_JOINED, CL_DROP, NULL, ARG_MESSAGE},
	{"FC", ARG_FLAG, CL_DROP, NULL, ARG_MESSAGE},
	{"Z7", ARG_FLAG, CL_DROP, NULL, ARG_DEBUG},
	{"Zi", ARG_FLAG, CL_DROP, NULL, ARG_DEBUG},
	{"ZI", ARG_FLAG, CL_DROP, NULL, ARG_DEBUG},
	{"Zo", ARG_JOINED, CL_DROP, NULL, ARG_DEBUG},
	{"Zl", ARG_FLAG, CL_DROP, NULL, ARG_LINKER},
	{"F", ARG_EITHER, CL_DROP, NULL, ARG_LINKER},
	{"Fa", ARG_JOINED, CL_DROP, NULL, ARG_WRITES},
	{"FA", ARG_JOINED, CL_DROP, NULL, ARG_WRITES},
	{"Fd", ARG_JOINED, CL_DROP, NULL, ARG_WRITES},
	{"Fe", ARG_JOINED, CL_DROP, NULL, ARG_WRITES},
	{"Fi", ARG_JOINED, CL_DROP, NULL, ARG_WRITES},
	{"Fm", ARG_JOINED, CL_DROP, NULL, ARG_WRITES},
	{"FR", ARG_JOINED, CL_DROP, NULL, ARG_WRITES},
	{"Fr", ARG_JOINED, CL_DROP, NULL, ARG_WRITES},
	{"Fx", ARG_JOINED, CL_DROP, NULL, ARG_WRITES},
	{"doc", ARG_JOINED, CL_DROP, NULL, ARG_WRITES},
	{"sourceDependencies", ARG_EITHER, CL_DROP, NULL, ARG_WRITES},
	{"Fp", ARG_JOINED, CL_DROP, NULL, ARG_LOADS},
	{"Yc", ARG_JOINED, CL_DROP, NULL, ARG_WRITES},
	{"Yu", ARG_JOINED, CL_DROP, NULL, ARG_LOADS},
	{"Y", ARG_JOINED, CL_DROP, NULL, ARG_LOADS},
	{"d1", ARG_JOINED, CL_DROP, NULL, ARG_INTERNAL},
	{"d2", ARG_JOINED, CL_DROP, NULL, ARG_INTERNAL},
	{"B1", ARG_JOINED, CL_DROP, NULL, ARG_RUNS},
	{"Bx", ARG_JOINED, CL_DROP, NULL, ARG_RUNS},
};

struct translator {
	struct cleaner *c;
	const char *file;
	uint32_vec *gnu;
	struct stream in;
	bool x86_32, cookie, frame_pointer;
	const char *runtime;
};

static const struct cl_row *find_row(const char *name)
{
	const struct cl_row *best = NULL;

	for (size_t i = 0; i < sizeof(cl_rows) / sizeof(cl_rows[0]); i++) {
		const struct cl_row *r = &cl_rows[i];
		size_t n = strlen(r->name);

		if (strncmp(r->name, name, n) || (best && n < strlen(best->name)))
			continue;
		if (!name[n] || r->arity == ARG_JOINED || r->arity == ARG_EITHER)
			best = r;
	}
	return best;
}

static void emit(struct translator *t, const char *text)
{
	*vec_push(t->gnu) = words_add(t->c->words, text, strlen(text));
}

static void emit_joined(struct translator *t, const char *name, const char *value)
{
	struct buf *b = &t->c->text;

	buf_clear(b);
	buf_printf(b, "%s%s", name, value);
	emit(t, buf_str(b));
}

static void emit_path(struct translator *t, const char *name, const char *value)
{
	struct buf *b = &t->c->text;

	emit(t, name);
	buf_clear(b);
	entry_posix_path(value, b);
	emit(t,
	     t->c->paths ? path_map_local(t->c->paths, t->c->directory, buf_str(b)) : buf_str(b));
}

/* One letter of /O<letters>; the compilers take the last of 1, 2, x and d. */
static const char *optimize_letter(struct translator *t, const char *p, const char *gnu[2])
{
	bool off = p[1] == '-';

	switch (*p) {
	case '1':
	case 's': gnu[0] = "-Os"; break;
	case '2':
	case 'x':
	case 't': gnu[0] = "-O3"; break;
	case 'd': gnu[0] = "-O0"; break;
	case 'i': gnu[0] = off ? "-fno-builtin" : "-fbuiltin"; break;
	case 'b':
		gnu[0] = p[1] == '0'   ? "-fno-inline"
			 : p[1] == '1' ? "-finline-hint-functions"
				       : "-finline-functions";
		return p[1] ? p + 2 : p + 1;
	case 'y':
		t->frame_pointer = off;
		if (t->x86_32)
			gnu[0] = off ? "-fno-omit-frame-pointer" : "-fomit-frame-pointer";
		break;
	default: break;
	}
	if (*p == '1' || *p == '2')
		gnu[1] = "-ffunction-sections";
	return p + 1 + (off && (*p == 'i' || *p == 'y'));
}

static void translate_optimize(struct translator *t, const char *letters)
{
	while (*letters) {
		const char *gnu[2] = {NULL, NULL};
		char letter = *letters;

		letters = optimize_letter(t, letters, gnu);
		if (gnu[0])
			emit(t, gnu[0]);
		if (gnu[1])
			emit(t, gnu[1]);
		if (t->x86_32 && !t->frame_pointer && letter && strchr("12xst", letter))
			emit(t, "-fomit-frame-pointer");
	}
}

static void translate_arch(struct translator *t, const char *value)
{
	static const struct {
		const char *cl, *cpu;
	} cpus[] = {
		{"IA32", "i386"},	{"SSE", "pentium3"}, {"SSE2", "pentium4"},
		{"AVX", "sandybridge"}, {"AVX2", "haswell"}, {"AVX512", "skylake-avx512"},
	};

	for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		if (!strcmp(value, cpus[i].cl) && (t->x86_32 || i > 2)) {
			emit_joined(t, "-march=", cpus[i].cpu);
			return;
		}
	}
	clean_drop(t->c, "/arch:", arg_reason(ARG_UNKNOWN));
}

/* /FoDIR\ names a folder: the object takes the source's name. */
static void translate_output(struct translator *t, const char *value)
{
	const char *base = strrchr(t->file, '/');
	struct buf path = {0};

	base = base ? base + 1 : t->file;
	entry_posix_path(value[0] == ':' ? value + 1 : value, &path);
	if (str_ends(buf_str(&path), "/"))
		buf_printf(&path, "%.*s.obj", (int)strcspn(base, "."), base);
	if (path.len)
		emit_path(t, "-o", buf_str(&path));
	buf_release(&path);
}

static void translate_standard(struct translator *t, const char *value)
{
	emit_joined(t, "-std=", !strcmp(value, "clatest") ? "c23" : value);
}

static void drop(struct translator *t, const struct cl_row *row, const char *text)
{
	char flag[64];

	snprintf(flag, sizeof(flag), "/%s", row->arity == ARG_FLAG ? text + 1 : row->name);
	clean_drop(t->c, flag, arg_reason(row->why));
}

static void apply(struct translator *t, const struct cl_row *row, const char *text,
		  const char *value)
{
	switch (row->action) {
	case CL_AS_IS: emit(t, row->gnu); break;
	case CL_JOINED:
		if (!*value && !strcmp(row->name, "Zp"))
			value = "1";
		else if (!*value && !strcmp(row->name, "Gs"))
			value = "0";
		emit_joined(t, row->gnu, value);
		break;
	case CL_PATH: emit_path(t, row->gnu, value[0] == ':' ? value + 1 : value); break;
	case CL_NEEDED: break;
	case CL_DROP: drop(t, row, text); break;
	case CL_OPTIMIZE: translate_optimize(t, value); break;
	case CL_RUNTIME: t->runtime = row->name; break;
	case CL_STANDARD: translate_standard(t, value); break;
	case CL_ARCH: translate_arch(t, value); break;
	case CL_STDCALL:
		if (t->x86_32)
			emit(t, "-mrtd");
		break;
	case CL_COOKIE_OFF:
	case CL_COOKIE_ON: t->cookie = row->action == CL_COOKIE_ON; break;
	case CL_OUTPUT: translate_output(t, value); break;
	case CL_SOURCE_C:
	case CL_SOURCE_CXX:
		emit(t, "-x");
		emit(t, row->action == CL_SOURCE_C ? "c" : "c++");
		break;
	case CL_RAW: emit(t, value); break;
	case CL_REST:
		drop(t, row, text);
		t->in.i = t->in.n;
		break;
	}
}

/* An option that is not cl's own: clang-cl also takes many of clang's, with their values. */
static void pass_on(struct translator *t, uint32_t id, const char *text)
{
	const struct arg_row *row = text[0] == '-' ? arg_find(&t->c->table, text) : NULL;

	if (text[0] == '/') {
		clean_drop(t->c, text, arg_reason(ARG_UNKNOWN));
		return;
	}
	*vec_push(t->gnu) = id;
	if (row && t->in.i < t->in.n &&
	    (row->arity == ARG_SEPARATE || (row->arity == ARG_EITHER && !strcmp(row->name, text))))
		*vec_push(t->gnu) = t->in.ids[t->in.i++];
}

static void translate_arg(struct translator *t, uint32_t id)
{
	const char *text = words_at(t->c->words, id);
	const struct cl_row *row;
	const char *value;

	if ((text[0] != '/' && text[0] != '-') || entry_same_name(text, t->file) || !text[1]) {
		*vec_push(t->gnu) = id;
		return;
	}
	row = find_row(text + 1);
	/* Long options of clang's begin with the letters of short ones of cl's: -march= is no /m..., -O is both. */
	if (!row || (text[0] == '-' && arg_find(&t->c->table, text) && row->action == CL_DROP)) {
		pass_on(t, id, text);
		return;
	}
	value = text + 1 + strlen(row->name);
	if (row->arity == ARG_EITHER && !*value)
		value = t->in.i < t->in.n ? words_at(t->c->words, t->in.ids[t->in.i++]) : "";
	apply(t, row, text, value);
}

/* cl's version from its folder: toolset 14.XX is compiler 19.XX; clang's own default otherwise. */
static void emit_version(struct translator *t, const char *program)
{
	const char *p = strcasestr(program, "MSVC");
	char version[] = "19.33";

	if (p && (p[4] == '\\' || p[4] == '/') && !strncmp(p + 5, "14.", 3) &&
	    isdigit((unsigned char)p[8]) && isdigit((unsigned char)p[9]))
		memcpy(version + 3, p + 8, 2);
	emit_joined(t, "-fms-compatibility-version=", version);
}

void msvc_translate(struct cleaner *c, const char *program, const char *file, const uint32_t *ids,
		    size_t n, bool x86_32, uint32_vec *gnu)
{
	struct translator t = {
		.c = c,
		.file = file,
		.gnu = gnu,
		.in = {.ids = ids, .n = n},
		.x86_32 = x86_32,
		.cookie = true,
		.runtime = "MT",
	};

	emit(&t, "-fms-extensions");
	emit(&t, "-fms-compatibility");
	emit_version(&t, program);
	emit(&t, "-D_MT");
	while (t.in.i < t.in.n)
		translate_arg(&t, t.in.ids[t.in.i++]);
	if (t.cookie)
		emit(&t, "-fstack-protector-strong");
	if (t.runtime[1] == 'D')
		emit(&t, "-D_DLL");
	if (t.runtime[2] == 'd')
		emit(&t, "-D_DEBUG");
}
