/* The costs of a kernel's functions, measured from its objects: a model file for --model. */
#include "command.h"
#include "session.h"

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "rules/model_write.h"

#include <string.h>

/* The options of a scan of objects: all files are operands. */
static void as_objects(const struct options *o, struct options *out)
{
	*out = *o;
	memset(&out->operands, 0, sizeof(out->operands));
	for (size_t i = 0; i < o->v[OPT_FROM].list.n; i++)
		*vec_push(&out->operands) = o->v[OPT_FROM].list.v[i];
	for (size_t i = 0; i < o->operands.n; i++)
		*vec_push(&out->operands) = o->operands.v[i];
	out->v[OPT_OBJECTS_ONLY].given = true;
	/* What a project decides about its own code says nothing about a kernel. */
	out->v[OPT_NO_CONFIG].given = true;
}

/* Objects and archives are parts of one image: what is global in one is seen by all. */
static void link_as_one(struct session *s)
{
	static const char *const patterns[] = {"*.o", "*.a*"};

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		*vec_push(&s->config.model.modules) = (struct model_module){"kernel", patterns[i]};
}

static bool is_exported(const struct fact_func *f)
{
	return f->marks & 1u << MARK_EXPORTED;
}

static bool knows_exports(const struct program *p)
{
	for (uint32_t i = 0; i < p->n_funcs; i++) {
		if (is_exported(p->funcs[i].fact))
			return true;
	}
	return false;
}

/* Every wanted function's depth. */
static void collect(const struct session *s, struct costs *costs, size_t *unknown)
{
	const struct program *p = &s->program;
	bool exported = !s->options->v[OPT_ALL].given && knows_exports(p);

	for (uint32_t i = 0; i < p->n_funcs; i++) {
		const struct fact_func *f = p->funcs[i].fact;
		const struct depth *d = &s->depths.v[i];

		if (f->linkage == LINKAGE_STATIC || f->parent || (exported && !is_exported(f)))
			continue;
		if (d->bytes == BYTES_UNKNOWN)
			++*unknown;
		else
			costs_add(costs, f->symbol, d->bytes, d->bound != BOUND_EXACT);
	}
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "measured in N objects by stackcheck 0.1.0; compilers: ..." */
static const char *why(struct session *s)
{
	const char **names = arena_array(&s->arena, s->n_units + 1, const char *);
	struct buf text = {0};
	struct map seen = {0};
	const char *result;

	for (size_t i = 0; i < s->n_units; i++) {
		bool made = false;

		if (s->units[i]->compiler)
			map_put_str(&seen, s->units[i]->compiler, &made);
		if (made)
			names[seen.n - 1] = s->units[i]->compiler;
	}
	if (seen.n)
		qsort(names, seen.n, sizeof(*names), compare_strings);
	buf_printf(&text, "Measured by stackcheck %s in the machine code of %zu object%s for %s",
		   STACKCHECK_VERSION, s->n_units, s->n_units == 1 ? "" : "s", s->target);
	for (size_t i = 0; i < seen.n; i++)
		buf_printf(&text, "%s%s", i ? ", " : ", compiled by ", names[i]);
	buf_puts(&text, ". At least: something below it is not known, such as an indirect call.");
	result = text_utf8(&s->arena, buf_str(&text));
	result = arena_strdup(&s->arena, result);
	buf_release(&text);
	map_release(&seen);
	return result;
}

static int write(struct session *s, struct error *err)
{
	const struct option_value *files = &s->options->v[OPT_OUTPUT];
	struct costs costs = {0};
	struct buf text = {0};
	size_t unknown = 0;
	int rc = 0;

	collect(s, &costs, &unknown);
	if (!costs.v.n)
		rc = error_set(err, "the objects define no global function whose depth is known");
	if (unknown)
		log_note("%zu functions of unknown depth are left out", unknown);
	if (!rc)
		model_write(&costs, "Measured costs of a kernel's functions", why(s), &text);
	for (size_t i = 0; !rc && i < files->list.n; i++)
		rc = file_write_atomic(files->list.v[i], text.data, text.len, err);
	if (!rc && !files->list.n)
		rc = print_result(&text, err);
	buf_release(&text);
	costs_release(&costs);
	return rc;
}

static int model(struct session *s, struct error *err)
{
	if (!s->options->operands.n)
		return error_set(err, "nothing to measure: name an object, an archive, a module or "
				      "a kernel with --from");
	if (session_input(s, 0, err) || session_units(s, err))
		return -1;
	session_tell_failures(s);
	link_as_one(s);
	if (session_platform(s, err) || session_link(s, err))
		return -1;
	session_solve(s);
	return write(s, err);
}

enum exit_status cmd_model(const struct options *o, struct error *err)
{
	struct options objects;
	struct session s = {.options = &objects};
	enum exit_status status = STATUS_CLEAN;

	as_objects(o, &objects);
	if (model(&s, err))
		status = error_status(err);
	else if (s.n_failed)
		status = STATUS_INCOMPLETE;
	session_release(&s);
	vec_release(&objects.operands);
	return status;
}
