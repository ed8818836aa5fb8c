#include "extract/shipped.h"

#include "base/file.h"
#include "base/text.h"
#include "input/freshness.h"

#include <string.h>

static bool is_arch(const char *triple, enum arch arch)
{
	switch (arch) {
	case ARCH_X86_64: return str_starts(triple, "x86_64") || str_starts(triple, "amd64");
	case ARCH_I386: return triple[0] == 'i' && triple[1] && !strncmp(triple + 2, "86", 2);
	case ARCH_AARCH64: return str_starts(triple, "aarch64") || str_starts(triple, "arm64");
	case ARCH_ARM:
		return (str_starts(triple, "arm") && !str_starts(triple, "arm64")) ||
		       str_starts(triple, "thumb");
	case ARCH_RISCV64: return str_starts(triple, "riscv64");
	}
	return false;
}

static bool wants_coff(const char *triple)
{
	static const char *const systems[] = {"windows", "mingw", "cygwin", "win32", "uefi"};

	for (size_t i = 0; i < sizeof(systems) / sizeof(*systems); i++)
		if (strstr(triple, systems[i]))
			return true;
	return false;
}

/* The source that an ELF object names; several after `ld -r`. NULL: it names the job's, or none. */
static const char *other_source(const struct object *o, const char *source)
{
	const char *other = NULL;

	for (uint32_t i = 0; i < o->n_symbols; i++) {
		const struct object_symbol *s = &o->symbols[i];

		if (!s->file || !*s->name)
			continue;
		if (!strcmp(path_base(s->name), path_base(source)))
			return NULL;
		other = s->name;
	}
	return other;
}

/* Machine code is missing from what GCC's and clang's link-time optimisation leave. */
static const char *check_kind(const struct shipped *s)
{
	const unsigned char *p = (const unsigned char *)s->bytes.data;

	if (s->bytes.len >= 4 && (!memcmp(p, "BC\xc0\xde", 4) || !memcmp(p, "\xde\xc0\x17\x0b", 4)))
		return "holds LLVM bitcode and no machine code";
	return NULL;
}

static bool is_slim_lto(const struct object *o)
{
	bool lto = false;

	for (uint32_t i = 0; i < o->n_sections; i++) {
		if (o->sections[i].code && o->sections[i].size)
			return false;
		lto |= str_starts(o->sections[i].name, ".gnu.lto_");
	}
	return lto;
}

static const char *check_object(const struct object *o, const struct job *job, struct arena *a)
{
	const char *other = other_source(o, job->source);

	if (o->linked)
		return "is a linked image and no object";
	if (!is_arch(job->target, o->arch) || o->coff != wants_coff(job->target))
		return arena_printf(a, "is not for %s", job->target);
	if (is_slim_lto(o))
		return "holds GCC's intermediate code and no machine code";
	return other ? arena_printf(a, "was made from %s", other) : NULL;
}

const char *shipped_open(struct shipped *s, const struct job *job, const char *const *inputs,
			 size_t n, struct arena *a)
{
	const char *note = job_object_note(job, inputs, n, a), *name, *what;
	struct error err = {0};

	if (note)
		return note;
	name = path_relative(job->root, job->object);
	s->read = true;
	if (file_read(job->object, 0, &s->bytes, &err))
		return arena_strdup(a, err.text);
	what = check_kind(s);
	if (!what && object_read(&s->object, s->bytes.data, s->bytes.len, name, &err))
		return arena_strdup(a, err.text);
	if (!what)
		what = check_object(&s->object, job, a);
	return what ? arena_printf(a, "%s %s", name, what) : NULL;
}

void shipped_release(struct shipped *s)
{
	object_release(&s->object);
	buf_release(&s->bytes);
}

/* "12.2.0" out of "12.2.0 -mno-sse ..."; empty when no digit stands there. */
static const char *version_at(const char *s, struct arena *a)
{
	return arena_strndup(a, s, strspn(s, "0123456789."));
}

/* Name and version, without distribution and flags, so that all ways to learn of a compiler agree. */
static const char *short_name(const char *text, struct arena *a)
{
	const char *at = strstr(text, "clang version ");

	if (at)
		return arena_printf(a, "clang %s", version_at(at + strlen("clang version "), a));
	if (str_starts(text, "GCC: ") && (at = strrchr(text, ')')))
		return arena_printf(a, "GCC %s", version_at(at + 1 + strspn(at + 1, " "), a));
	if (str_starts(text, "GNU ") && (at = strchr(text + 4, ' ')))
		return arena_printf(a, "GCC %s", version_at(at + 1, a));
	return text_printable(a, arena_strndup(a, text, strnlen(text, 80)));
}

/* The first string of a section that compilers write their names into. */
static const char *noted_in(const struct object *o, const char *section, struct arena *a)
{
	for (uint32_t i = 0; i < o->n_sections; i++) {
		const struct object_section *s = &o->sections[i];
		size_t at = 0;

		if (!s->data || strcmp(s->name, section))
			continue;
		while (at < s->size && !s->data[at])
			at++;
		if (at < s->size)
			return arena_strndup(a, (const char *)s->data + at,
					     strnlen((const char *)s->data + at, s->size - at));
	}
	return NULL;
}

/* Microsoft's compilers leave a symbol whose value is product and build number. */
static const char *comp_id(const struct object *o, struct arena *a)
{
	for (uint32_t i = 0; o->coff && i < o->n_symbols; i++)
		if (!strcmp(o->symbols[i].name, "@comp.id"))
			return arena_printf(a, "Microsoft compiler, build %u",
					    (unsigned)(o->symbols[i].value & 0xffff));
	return NULL;
}

const char *shipped_compiler(const struct object *o, const struct places *places, struct arena *a)
{
	const char *text = places ? places_producer(places) : NULL;

	if (!text)
		text = noted_in(o, ".comment", a);
	if (!text)
		text = noted_in(o, ".rdata$zzz", a);
	if (text)
		return short_name(text, a);
	text = comp_id(o, a);
	return text ? text : "unknown compiler";
}
