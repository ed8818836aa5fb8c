#include "input/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * "!<arch>\n" or, for thin ones, "!<thin>\n"; then members, each with a header of 60 bytes of text and its bytes, on even
 * offsets. Long names stand in a member "//" (GNU, Microsoft) or before the member's bytes (BSD, "#1/LENGTH"). Indices of
 * symbols are members, too. A thin archive has the index and the names, but not the other members' bytes.
 */

enum { HEADER = 60, NAME = 16, MAX_NAMES = 64 << 20, MAX_MEMBERS = 1 << 20 };

struct reader {
	int fd;
	const char *path;
	uint64_t size; /* of the file */
	bool thin;
	char *names; /* the table of long names, or NULL */
	size_t names_len;
	struct arena *a;
	struct error *err;
};

static int damaged(struct reader *r, const char *what)
{
	return error_set(r->err, "%s: the archive is damaged: %s", r->path, what);
}

static bool read_at(const struct reader *r, void *to, size_t n, uint64_t at)
{
	return at <= r->size && n <= r->size - at && pread(r->fd, to, n, (off_t)at) == (ssize_t)n;
}

static uint64_t number(const char *text, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n && text[i] >= '0' && text[i] <= '9'; i++)
		v = v * 10 + (uint64_t)(text[i] - '0');
	return v;
}

/* The name at an offset of the table: up to a newline (GNU, with a slash before it) or a NUL (Microsoft). */
static const char *long_name(const struct reader *r, uint64_t at)
{
	size_t n = 0;

	if (!r->names || at >= r->names_len)
		return NULL;
	while (at + n < r->names_len && r->names[at + n] && r->names[at + n] != '\n')
		n++;
	if (n && r->names[at + n - 1] == '/')
		n--;
	return arena_strndup(r->a, r->names + at, n);
}

static int read_names(struct reader *r, uint64_t at, uint64_t size)
{
	if (size > MAX_NAMES)
		return damaged(r, "its table of names is too long");
	r->names = arena_alloc(r->a, size + 1);
	r->names_len = size;
	return read_at(r, r->names, size, at) ? 0 : damaged(r, "its table of names is cut");
}

/* The name of the member whose header is `h`; moves the bytes' place over a name that stands before them. NULL: damaged. */
static const char *member_name(struct reader *r, const char *h, uint64_t *at, uint64_t *size)
{
	size_t n = NAME;
	char *name;

	if (h[0] == '/' && h[1] >= '0' && h[1] <= '9')
		return long_name(r, number(h + 1, NAME - 1));
	if (!strncmp(h, "#1/", 3)) {
		uint64_t len = number(h + 3, NAME - 3);

		if (len > *size || len > 4096)
			return NULL;
		name = arena_alloc(r->a, len + 1);
		if (!read_at(r, name, len, *at))
			return NULL;
		*at += len;
		*size -= len;
		return name;
	}
	while (n && (h[n - 1] == ' ' || h[n - 1] == '/'))
		n--;
	return arena_strndup(r->a, h, n);
}

static bool is_index(const char *h)
{
	return !strncmp(h, "/ ", 2) || !strncmp(h, "/SYM64/", 7) ||
	       !strncmp(h, "/<ECSYMBOLS>/", 13) || !strncmp(h, "/<HYBRIDMAP>/", 13);
}

static int add_member(struct reader *r, const char *h, uint64_t at, uint64_t size,
		      archive_members *out)
{
	const char *name = member_name(r, h, &at, &size);

	if (!name || out->n == MAX_MEMBERS)
		return damaged(r, "a member has no name");
	if (*name && size && strncmp(name, "__.SYMDEF", 9))
		*vec_push(out) =
			(struct archive_member){name, r->thin ? 0 : at, r->thin ? 0 : size};
	return 0;
}

static int read_members(struct reader *r, archive_members *out)
{
	char h[HEADER];
	int rc = 0;

	for (uint64_t at = 8; at + HEADER <= r->size && !rc;) {
		uint64_t size, bytes = at + HEADER;
		bool names, inside;

		if (!read_at(r, h, HEADER, at) || h[58] != '`' || h[59] != '\n')
			return damaged(r, "a member's header is no header");
		names = !strncmp(h, "// ", 3);
		inside = !r->thin || is_index(h) || names;
		size = number(h + 48, 10);
		if (inside && size > r->size - bytes)
			return damaged(r, "a member reaches beyond the file");
		if (names)
			rc = read_names(r, bytes, size);
		else if (!is_index(h))
			rc = add_member(r, h, bytes, size, out);
		at = bytes + (inside ? size + (size & 1) : 0);
	}
	return rc;
}

int archive_list(const char *path, struct arena *a, archive_members *out, struct error *err)
{
	struct reader r = {.path = path, .a = a, .err = err};
	struct stat st;
	char magic[8];
	int rc = 0;

	r.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (r.fd < 0)
		return error_set(err, "cannot read %s: %s", path, strerror(errno));
	if (!fstat(r.fd, &st) && S_ISREG(st.st_mode))
		r.size = (uint64_t)st.st_size;
	if (read_at(&r, magic, sizeof(magic), 0) &&
	    (!memcmp(magic, "!<arch>\n", 8) || !memcmp(magic, "!<thin>\n", 8))) {
		r.thin = magic[2] == 't';
		rc = read_members(&r, out) ? -1 : 1;
	}
	close(r.fd);
	return rc;
}
