#include "command.h"
#include "session.h"
#include "show_text.h"
#include "suggest.h"

static int unknown_function(const struct session *s, const char *name, struct error *err)
{
	struct suggestion near = {.word = name};

	for (uint32_t i = 0; i < s->program.n_funcs; i++)
		suggest(&near, s->program.funcs[i].fact->name);
	if (near.best)
		return error_set(err, "no function '%s' in the scanned units; did you mean '%s'?",
				 name, near.best);
	return error_set(err,
			 "no function '%s' in the scanned units; was it inlined everywhere, or "
			 "does its unit lie outside the paths given?",
			 name);
}

static int show(struct session *s, struct buf *out, struct error *err)
{
	const char *name = s->options->operands.v[0];
	struct show view = {
		.program = &s->program,
		.depths = &s->depths,
		.arena = &s->arena,
		.color = want_color(s->options),
	};
	size_t n;
	uint32_t *found = program_find(&s->program, &s->arena, name, &n);

	if (!n)
		return unknown_function(s, name, err);
	if (n > 1)
		buf_printf(out, "%zu functions are called %s; 'file.c:%s' names one of them.\n\n",
			   n, name, name);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_puts(out, "\n");
		show_function(&view, found[i], out);
	}
	return 0;
}

enum exit_status cmd_show(const struct options *o, struct error *err)
{
	struct session s = {.options = o};
	struct buf out = {0};
	enum exit_status status = STATUS_CLEAN;

	if (session_input(&s, 1, err) || session_units(&s, err)) {
		status = error_status(err);
		goto out;
	}
	session_tell_failures(&s);
	if (session_platform(&s, err) || session_link(&s, err)) {
		status = error_status(err);
		goto out;
	}
	session_solve(&s);
	if (show(&s, &out, err) || print_result(&out, err))
		status = error_status(err);
out:
	buf_release(&out);
	session_release(&s);
	return status;
}
