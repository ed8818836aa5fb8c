#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_all(int fd, const char *path, size_t max, struct buf *out, struct error *err)
{
	char block[64 * 1024];
	size_t start = out->len;
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0) {
			if (errno == EINTR)
				continue;
			return error_system(err, errno, "cannot read %s", path);
		}
		buf_add(out, block, (size_t)n);
		if (max && out->len - start > max)
			return error_set(err, "%s is larger than %zu bytes", path, max);
	}
	return 0;
}

int file_read(const char *path, size_t max, struct buf *out, struct error *err)
{
	/* O_NONBLOCK: opening a FIFO must not hang. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int rc = -1;

	if (fd < 0) {
		error_system(err, errno, "cannot open %s", path);
		err->kind = ERROR_INPUT;
		return -1;
	}
	if (fstat(fd, &st))
		error_system(err, errno, "cannot stat %s", path);
	else if (!S_ISREG(st.st_mode))
		error_set(err, "%s is not a regular file", path);
	else
		rc = read_all(fd, path, max, out, err);
	close(fd);
	return rc;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int file_write_atomic(const char *path, const void *data, size_t len, struct error *err)
{
	struct arena a = {0};
	char *tmp = arena_printf(&a, "%s.tmp.%ld", path, (long)getpid());
	int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int rc = -1;

	if (fd < 0) {
		error_system(err, errno, "cannot create %s", tmp);
		goto out;
	}
	rc = write_all(fd, data, len) || fsync(fd) ? -1 : 0;
	if (rc)
		error_system(err, errno, "cannot write %s", tmp);
	if (close(fd) && !rc)
		rc = error_system(err, errno, "cannot close %s", tmp);
	if (!rc && rename(tmp, path))
		rc = error_system(err, errno, "cannot rename %s to %s", tmp, path);
	if (rc)
		unlink(tmp);
out:
	arena_release(&a);
	return rc;
}

int file_make_dirs(const char *path, struct error *err)
{
	struct arena a = {0};
	char *p = arena_strdup(&a, path);
	int rc = 0;

	for (char *s = p + 1;; s++) {
		char c = *s;

		if (c != '/' && c != '\0')
			continue;
		*s = '\0';
		if (mkdir(p, 0777) && errno != EEXIST) {
			rc = error_system(err, errno, "cannot create directory %s", p);
			break;
		}
		*s = c;
		if (!c)
			break;
	}
	arena_release(&a);
	return rc;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool file_is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

char *path_absolute(struct arena *a, const char *dir, const char *path)
{
	char cwd[4096];
	char *full, *out, *in;

	if (path[0] == '/') {
		full = arena_strdup(a, path);
	} else {
		if (!dir || dir[0] != '/') {
			if (!getcwd(cwd, sizeof(cwd)))
				strcpy(cwd, "/");
			dir = dir ? arena_printf(a, "%s/%s", cwd, dir) : cwd;
		}
		full = arena_printf(a, "%s/%s", dir, path);
	}
	out = full;
	for (in = full; *in;) {
		size_t n;

		while (*in == '/')
			in++;
		n = strcspn(in, "/");
		if (n == 2 && in[0] == '.' && in[1] == '.') {
			while (out > full && *--out != '/')
				;
		} else if (n && !(n == 1 && in[0] == '.')) {
			*out++ = '/';
			memmove(out, in, n);
			out += n;
		}
		in += n;
	}
	if (out == full)
		*out++ = '/';
	*out = '\0';
	return full;
}

bool path_is_under(const char *dir, const char *path)
{
	size_t n = strlen(dir);

	if (n && dir[n - 1] == '/')
		n--;
	return !strncmp(dir, path, n) && (path[n] == '/' || path[n] == '\0');
}

const char *path_relative(const char *root, const char *path)
{
	size_t n = strlen(root);

	if (n && root[n - 1] == '/')
		n--;
	if (!path_is_under(root, path) || !path[n] || !path[n + 1])
		return path;
	return path + n + 1;
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *path_dir(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return arena_strdup(a, ".");
	return arena_strndup(a, path, slash == path ? 1 : (size_t)(slash - path));
}
