/*
 * The server loads the compiler libraries once and never calls them: every order gets a fork of it, in a process group
 * of its own, so that whatever the unit's source does to the child (or to the compiler that the child starts) ends with
 * that order. The child leaves its result in files of its scratch directory; the server only tells how it ended.
 *
 * An order of several units is one child's work, as a fork costs more than reading a small object. It says over a pipe
 * when it is done with one, which starts the clock of the next. When it dies, the rest goes to a fresh child: a unit
 * is blamed only for the death of a child that it was the first in, or for running out of its own time.
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

char *unit_file(struct arena *a, const char *scratch, size_t i, const char *kind)
{
	return arena_printf(a, "%s/stackcheck.%zu.%s", scratch, i, kind);
}

static int new_file(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static int put_file(const char *path, const char *data, size_t len)
{
	int fd = new_file(path);
	int rc;

	if (fd < 0)
		return -1;
	rc = write_all(fd, data, len);
	return close(fd) ? -1 : rc;
}

/* The child's line to the server, where an order has several units, and what it says there of each. */
enum { REPORT_FD = 3 };

struct report {
	int32_t status; /* one of the exit statuses */
	uint32_t bytes; /* of facts, behind those of the units before it in the child */
};

/* The child's 0, 1 and 2. */
static void redirect(const char *output)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int out = open(output, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (null < 0 || out < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(UNIT_NO_SPACE);
	close(null);
	close(out);
}

/* Nothing but the standard files and the line to the server stays open, the parent's line least of all. */
static void close_others(int line)
{
	if (line >= 0 && line != REPORT_FD && dup2(line, REPORT_FD) < 0)
		_exit(UNIT_NO_SPACE);
	close_range(REPORT_FD + (line >= 0), ~0U, 0);
	if (line >= 0)
		fcntl(REPORT_FD, F_SETFD, FD_CLOEXEC);
}

/* The process that runs units of an order. */
struct box {
	const struct order *order;
	size_t first; /* it begins with that unit */
	int facts; /* file for the facts of its units; -1: not yet made */
	unit_fn *unit;
	void *tools;
};

static int put_facts(struct box *b, const struct buf *text)
{
	struct arena a = {0};
	int rc;

	if (b->facts < 0)
		b->facts = new_file(unit_file(&a, b->order->scratch, b->first, UNIT_FACTS));
	rc = b->facts < 0 || text->len > UINT32_MAX || write_all(b->facts, text->data, text->len);
	arena_release(&a);
	return rc ? -1 : 0;
}

/* One unit. `rc`: it was refused before it began. */
static struct report box_unit(struct box *b, size_t i, int rc, struct error *err)
{
	struct arena a = {0};
	struct facts f = {0};
	struct buf text = {0};
	struct report said = {.status = UNIT_DONE};

	if (rc || b->unit(&b->order->jobs[i], b->order->scratch, b->tools, &f, err)) {
		said.status = UNIT_REFUSED;
		rc = put_file(unit_file(&a, b->order->scratch, i, UNIT_SENTENCE), err->text,
			      strlen(err->text));
	} else {
		facts_write(&f, &text);
		rc = put_facts(b, &text);
		said.bytes = (uint32_t)text.len;
	}
	if (rc)
		_exit(UNIT_NO_SPACE);
	facts_release(&f);
	buf_release(&text);
	arena_release(&a);
	return said;
}

/* Runs the order's units from b->first on; `line`: to the server, -1 when there is only one unit in the order. */
static _Noreturn void box_run(struct box *b, int line)
{
	const struct order *o = b->order;
	struct arena a = {0};
	struct report said = {0};

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	redirect(unit_file(&a, o->scratch, b->first, UNIT_OUTPUT));
	close_others(line);
	/* Compilers leave temporary files where TMPDIR says, and nothing else can be written. */
	setenv("TMPDIR", o->scratch, 1);
	for (size_t i = b->first; i < o->n; i++) {
		struct error err = {0};
		int rc = i == b->first ? jail_enter(&o->limits, o->n - b->first, o->scratch, &err)
				       : jail_next(&o->limits, &err);

		said = box_unit(b, i, rc, &err);
		if (line >= 0 && write_all(REPORT_FD, (const char *)&said, sizeof(said)))
			_exit(UNIT_NO_SPACE);
	}
	_exit(said.status);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum end { END_EXITED, END_TIMEOUT, END_PARENT_GONE };

/* A child at work. */
struct child {
	const struct order *order;
	pid_t pid;
	int pidfd;
	int line; /* what it says of its units; -1: it has only one */
	int in, out; /* to and from the parent */
	size_t first, next; /* unit that it began with; first one that it did not finish */
	int64_t facts_at; /* bytes of facts that it left */
	struct answer last; /* for the order's last unit, when the child finished that one */
};

static int send_answer(int out, const struct answer *a)
{
	struct buf frame = {0};
	int rc;

	wire_put_answer(&frame, a);
	rc = write_all(out, frame.data, frame.len);
	buf_release(&frame);
	return rc;
}

/* Passes on what the child says of its units. 1: it said something, 0: it said nothing (more); -1: the parent is gone. */
static int listen_to(struct child *c)
{
	struct report said[16];
	/* Each report is written at once and so not torn. */
	ssize_t n = c->line < 0 ? 0 : read(c->line, said, sizeof(said));

	n = n > 0 ? n / (ssize_t)sizeof(*said) : 0;
	for (ssize_t i = 0; i < n && c->next < c->order->n; i++, c->next++) {
		struct answer a = {.status = W_EXITCODE(said[i].status & 0xff, 0),
				   .facts_of = (int64_t)c->first,
				   .facts_at = c->facts_at,
				   .facts_bytes = said[i].bytes};

		c->facts_at += said[i].bytes;
		/* The last answer brings the next order: it waits until the child is gone. */
		c->last = a;
		if (c->next + 1 < c->order->n && send_answer(c->out, &a))
			return -1;
	}
	return n > 0;
}

/* Waits for the child; the parent never speaks while units run, so anything from there means that it left. */
static enum end watch(struct child *c)
{
	struct pollfd fds[] = {{.fd = c->pidfd, .events = POLLIN},
			       {.fd = c->in, .events = POLLIN},
			       {.fd = c->line, .events = POLLIN}};
	int64_t patience = (int64_t)c->order->limits.timeout_seconds * 1000;
	int64_t deadline = now_ms() + patience;

	for (;;) {
		int64_t left = deadline - now_ms();

		if (left <= 0)
			return END_TIMEOUT;
		if (poll(fds, 3, left > 60000 ? 60000 : (int)left) < 0)
			continue;
		if (fds[2].revents) {
			int heard = listen_to(c);

			if (heard < 0)
				return END_PARENT_GONE;
			if (heard)
				deadline = now_ms() + patience;
			else
				fds[2].fd = -1;
		}
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

/* Starts a child on the order's units from c->first on. */
static int start_child(struct child *c, unit_fn *unit, void *tools)
{
	int line[2] = {-1, -1};

	if (c->order->n > 1 && pipe2(line, O_CLOEXEC | O_NONBLOCK))
		return -1;
	c->next = c->first;
	c->facts_at = 0;
	c->line = line[0];
	c->pidfd = -1;
	c->pid = fork();
	if (!c->pid)
		box_run(&(struct box){c->order, c->first, -1, unit, tools}, line[1]);
	if (line[1] >= 0)
		close(line[1]);
	if (c->pid > 0) {
		setpgid(c->pid, c->pid);
		c->pidfd = pidfd_open(c->pid, 0);
	} else if (c->line >= 0) {
		close(c->line);
	}
	return c->pid < 0 ? -1 : 0;
}

/* One child on the units from c->first on, which becomes the first one without an answer. -1: the parent is gone or the
   machine cannot run a child; the server ends then. */
static int run_child(struct child *c, unit_fn *unit, void *tools)
{
	struct answer a = {.facts_of = (int64_t)c->first};
	enum end end;
	bool judged;

	if (start_child(c, unit, tools))
		return -1;
	end = c->pidfd < 0 ? END_PARENT_GONE : watch(c);
	a.timed_out = end == END_TIMEOUT;
	clean_up(c->pid, &a);
	/* What it finished just before it was stopped is finished, and the next unit has not had its time. */
	while (end != END_PARENT_GONE && listen_to(c) > 0)
		a.timed_out = false;
	if (c->line >= 0)
		close(c->line);
	if (c->pidfd >= 0)
		close(c->pidfd);
	if (end == END_PARENT_GONE)
		return -1;
	judged = c->next == c->first || a.timed_out ||
		 (WIFSIGNALED(a.status) && WTERMSIG(a.status) == SIGXCPU);
	c->first = c->next;
	if (c->first == c->order->n)
		return send_answer(c->out, &c->last);
	if (!judged)
		return 0;
	c->first++;
	return send_answer(c->out, &a);
}

static int run_order(const struct order *o, int in, int out, unit_fn *unit, void *tools)
{
	struct child c = {.order = o, .in = in, .out = out};

	while (c.first < o->n)
		if (run_child(&c, unit, tools))
			return -1;
	return 0;
}

/* One order: 1 done, 0 the parent is gone, -1 nonsense. */
static int serve_one(int in, int out, unit_fn *unit, void *tools, struct buf *frame)
{
	struct arena a = {0};
	struct order order;
	size_t len;
	int rc = read_frame(in, frame, &len);

	if (rc == 1 && wire_get_order(&a, frame->data + WIRE_HEADER, len, &order))
		rc = -1;
	if (rc == 1)
		rc = run_order(&order, in, out, unit, tools) ? 0 : 1;
	arena_release(&a);
	return rc;
}

int worker_serve(int in, int out, unit_fn *unit, void *tools)
{
	struct buf frame = {0};
	int rc = 0;

	/* Orphans of a unit come to us, so that none outlives it. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	wire_put(&frame, wire_greeting(), strlen(wire_greeting()));
	if (!write_all(out, frame.data, frame.len)) {
		do
			rc = serve_one(in, out, unit, tools, &frame);
		while (rc == 1);
	}
	buf_release(&frame);
	return rc;
}
