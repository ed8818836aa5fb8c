/* Where the reports of a scan go. */
#include "scan.h"

#include "base/file.h"
#include "command.h"
#include "progress.h"
#include "base/suggest.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_WIDTH = 100 }; /* columns of a text that does not go to a terminal */

static int unknown_format(const char *name, struct error *err)
{
	struct suggestion near = {.word = name};

	for (size_t i = 0; i < n_writers; i++)
		suggest(&near, writers[i]->name);
	if (near.best)
		return error_set(err, "unknown format '%s'; did you mean '%s'?", name, near.best);
	return error_set(err, "unknown format '%s'; 'stackcheck list formats' names them", name);
}

static int plan_stdout(struct scan *s, struct error *err)
{
	const struct options *o = s->session.options;
	const struct option_value *format = &o->v[OPT_FORMAT];

	for (size_t i = 0; i < format->list.n; i++) {
		const struct writer *w = writer_find(format->list.v[i]);

		if (!w)
			return unknown_format(format->list.v[i], err);
		vec_push(&s->outputs)->writer = w;
	}
	if (!format->list.n && !o->v[OPT_QUIET].given)
		vec_push(&s->outputs)->writer = writer_find(format->text);
	return 0;
}

static int plan_file(struct scan *s, const char *path, struct error *err)
{
	const struct writer *w = writer_for_file(path);
	const char *folder = path_dir(&s->session.arena, path);
	struct scan_output *output;

	if (!w)
		return error_set(err,
				 "cannot tell the format of '%s' from its name; 'stackcheck list "
				 "formats' names the extensions",
				 path);
	/* Better now than after an hour of work. */
	if (file_is_dir(path) || !file_is_dir(folder))
		return error_set(err, "cannot write %s: %s", path,
				 file_is_dir(path) ? "it is a directory"
						   : "its directory does not exist");
	output = vec_push(&s->outputs);
	output->writer = w;
	output->path = path;
	return 0;
}

int scan_plan_outputs(struct scan *s, struct error *err)
{
	const struct option_value *files = &s->session.options->v[OPT_OUTPUT];

	for (size_t i = 0; i < files->list.n; i++)
		if (plan_file(s, files->list.v[i], err))
			return -1;
	return plan_stdout(s, err);
}

/* A device, a FIFO or a link is written through; renaming a new file over /dev/stdout would be
 * wrong. */
static int write_through(const char *path, const struct buf *text, struct error *err)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	const char *p = text->data;
	size_t left = text->len;
	int rc = 0;

	if (fd < 0)
		return error_system(err, errno, "cannot open %s", path);
	while (left && !rc) {
		ssize_t n = write(fd, p, left);

		if (n < 0 && errno != EINTR)
			rc = error_system(err, errno, "cannot write %s", path);
		if (n > 0) {
			p += n;
			left -= (size_t)n;
		}
	}
	if (close(fd) && !rc)
		rc = error_system(err, errno, "cannot write %s", path);
	return rc;
}

int scan_write_file(const char *path, const struct buf *text, struct error *err)
{
	struct stat st;

	if (!lstat(path, &st) && !S_ISREG(st.st_mode))
		return write_through(path, text, err);
	return file_write_atomic(path, text->data, text->len, err);
}

int scan_write(struct scan *s, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < s->outputs.n && !rc; i++) {
		const struct scan_output *o = &s->outputs.v[i];
		struct report view = s->report;
		struct buf text = {0};

		view.color = !o->path && want_color(s->session.options);
		view.width = o->path ? FILE_WIDTH : terminal_width(STDOUT_FILENO, FILE_WIDTH);
		rc = o->writer->write(&view, &text, err);
		if (!rc)
			rc = o->path ? scan_write_file(o->path, &text, err)
				     : print_result(&text, err);
		buf_release(&text);
	}
	return rc;
}
