/*
 * The server loads the compiler libraries once and never calls them: every unit gets a fork of it, in a process group
 * of its own, so that whatever the unit's source does to the child (or to the compiler that the child starts) ends with
 * that unit. The child leaves its result in files of its scratch directory; the server only tells how it ended.
 */
#include "jobs/server.h"
#include "jobs/jail.h"
#include "jobs/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno != EINTR)
			return -1;
		p += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* 1: all bytes came; 0: the parent is gone. */
static int read_all(int fd, char *p, size_t len)
{
	while (len) {
		ssize_t n = read(fd, p, len);

		if (n == 0 || (n < 0 && errno != EINTR))
			return 0;
		p += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 1;
}

/* 1: `in` holds a whole frame; 0: the parent is gone; -1: it is longer than any order. */
static int read_frame(int fd, struct buf *in, size_t *len)
{
	char block[4096];

	buf_clear(in);
	if (!read_all(fd, block, WIRE_HEADER))
		return 0;
	buf_add(in, block, WIRE_HEADER);
	if (wire_frame(in, WIRE_ORDER_MAX, len) < 0)
		return -1;
	for (size_t left = *len; left;) {
		size_t n = left < sizeof(block) ? left : sizeof(block);

		if (!read_all(fd, block, n))
			return 0;
		buf_add(in, block, n);
		left -= n;
	}
	return 1;
}

static int put_file(const char *dir, const char *name, const char *data, size_t len)
{
	struct arena a = {0};
	int fd = open(arena_printf(&a, "%s/%s", dir, name),
		      O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc = -1;

	if (fd >= 0) {
		rc = write_all(fd, data, len);
		if (close(fd))
			rc = -1;
	}
	arena_release(&a);
	return rc;
}

/* The child's 0, 1 and 2; nothing else stays open, the parent's line least of all. */
static void child_redirect(const char *scratch)
{
	struct arena a = {0};
	int null = open("/dev/null", O_RDWR);
	int out = open(arena_printf(&a, "%s/%s", scratch, UNIT_OUTPUT),
		       O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);

	if (null < 0 || out < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(UNIT_NO_SPACE);
	close_range(3, ~0U, 0);
	arena_release(&a);
}

static _Noreturn void child_run(const struct order *o, unit_fn *unit)
{
	struct facts f = {0};
	struct error err = {0};
	struct buf text = {0};

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	child_redirect(o->scratch);
	/* Compilers leave temporary files where TMPDIR says, and nothing else can be written. */
	setenv("TMPDIR", o->scratch, 1);
	if (jail_enter(&o->limits, o->scratch, &err) || unit(&o->job, o->scratch, &f, &err)) {
		if (put_file(o->scratch, UNIT_SENTENCE, err.text, strlen(err.text)))
			_exit(UNIT_NO_SPACE);
		_exit(UNIT_REFUSED);
	}
	facts_write(&f, &text);
	_exit(put_file(o->scratch, UNIT_FACTS, text.data, text.len) ? UNIT_NO_SPACE : UNIT_DONE);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum end { END_EXITED, END_TIMEOUT, END_PARENT_GONE };

/* Waits for the child; the parent never speaks while a unit runs, so anything on `in` means that it left. */
static enum end watch(int pidfd, int in, unsigned timeout_seconds)
{
	struct pollfd fds[] = {{.fd = pidfd, .events = POLLIN}, {.fd = in, .events = POLLIN}};
	int64_t deadline = now_ms() + (int64_t)timeout_seconds * 1000;

	for (;;) {
		int64_t left = deadline - now_ms();

		if (left <= 0)
			return END_TIMEOUT;
		if (poll(fds, 2, left > 60000 ? 60000 : (int)left) < 0)
			continue;
		if (fds[0].revents)
			return END_EXITED;
		if (fds[1].revents)
			return END_PARENT_GONE;
	}
}

static void add_usage(struct answer *a, const struct rusage *ru)
{
	a->cpu_usec += (int64_t)(ru->ru_utime.tv_sec + ru->ru_stime.tv_sec) * 1000000 +
		       ru->ru_utime.tv_usec + ru->ru_stime.tv_usec;
	if (ru->ru_maxrss > a->peak_kib)
		a->peak_kib = ru->ru_maxrss;
}

/* Kills processes that left the unit's group: they became ours when their parent died. Gives false when the kernel
   has no list of children. */
static bool kill_adopted(void)
{
	FILE *f = fopen("/proc/thread-self/children", "re");
	int pid;

	if (!f)
		return false;
	while (fscanf(f, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	fclose(f);
	return true;
}

/* Ends all that the unit started and adds up what it used. */
static void clean_up(pid_t child, struct answer *a)
{
	struct rusage ru;
	int status;

	kill(-child, SIGKILL);
	kill(child, SIGKILL);
	while (wait4(child, &status, 0, &ru) < 0 && errno == EINTR)
		;
	a->status = status;
	add_usage(a, &ru);
	for (;;) {
		int flags = kill_adopted() ? 0 : WNOHANG;

		if (wait4(-1, &status, flags, &ru) <= 0)
			break;
		add_usage(a, &ru);
	}
}

/* Gives -1 when the parent is gone or the machine cannot run a child: the server ends then. */
static int run_order(const struct order *o, int in, unit_fn *unit, struct answer *a)
{
	pid_t child = fork();
	enum end end;
	int pidfd;

	if (child < 0)
		return -1;
	if (!child)
		child_run(o, unit);
	setpgid(child, child);
	pidfd = pidfd_open(child, 0);
	end = pidfd < 0 ? END_PARENT_GONE : watch(pidfd, in, o->limits.timeout_seconds);
	*a = (struct answer){.timed_out = end == END_TIMEOUT};
	clean_up(child, a);
	if (pidfd >= 0)
		close(pidfd);
	return end == END_PARENT_GONE ? -1 : 0;
}

/* One order: 1 done, 0 the parent is gone, -1 nonsense. */
static int serve_one(int in, int out, unit_fn *unit, struct buf *frame)
{
	struct arena a = {0};
	struct answer answer;
	struct order order;
	size_t len;
	int rc = read_frame(in, frame, &len);

	if (rc == 1 && wire_get_order(&a, frame->data + WIRE_HEADER, len, &order))
		rc = -1;
	if (rc == 1) {
		rc = run_order(&order, in, unit, &answer) ? 0 : 1;
		buf_clear(frame);
		wire_put_answer(frame, &answer);
		if (rc == 1 && write_all(out, frame->data, frame->len))
			rc = 0;
	}
	arena_release(&a);
	return rc;
}

int worker_serve(int in, int out, unit_fn *unit)
{
	struct buf frame = {0};
	int rc = 0;

	/* Orphans of a unit come to us, so that none outlives it. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	wire_put(&frame, wire_greeting(), strlen(wire_greeting()));
	if (!write_all(out, frame.data, frame.len)) {
		do
			rc = serve_one(in, out, unit, &frame);
		while (rc == 1);
	}
	buf_release(&frame);
	return rc;
}
