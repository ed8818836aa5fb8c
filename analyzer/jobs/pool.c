/*
 * Keeps `parallel` servers busy over one poll loop. A server is believed in nothing but its own units: frames are short
 * and checked, a silent server is killed when its unit's time and a grace are over, and the loss of a server
 * is the fault of the unit it had. Only a server that dies before its greeting is a failure of the machinery.
 *
 * Sources are ordered one at a time. Objects are read in a few milliseconds and ordered by the handful, as long as they
 * are small together; a server that is lost in between leaves the rest of its order to the one that is started in its
 * place.
 */
#include "jobs/pool.h"
#include "base/file.h"
#include "base/mem.h"
#include "jobs/scratch.h"

#include <errno.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GREETING_SECONDS = 60, GRACE_SECONDS = 15, GOODBYE_MS = 3000 };
enum { ORDER_UNITS = 256, ORDER_BYTES = 8 << 20 };

struct server {
	pid_t pid; /* 0: not started */
	int fd;
	bool greeted;
	size_t at, end; /* queue[at] .. queue[end - 1] are its own, at is what it works on */
	bool ordered; /* it was told so */
	size_t first; /* queue[first] was the first of the order */
	struct outcome outcome; /* of queue[at], as far as known */
	struct buf in, out;
	size_t sent;
	int64_t deadline_ms; /* for its next frame; 0: none is due */
};

struct pool {
	const struct pool_request *rq;
	struct jobs_stats *stats;
	struct server *servers;
	struct pollfd *fds; /* one a server, then the signals */
	size_t n, next, done; /* next: in the queue, what no server has */
};

struct limits pool_limits(const struct jobs_options *options)
{
	return (struct limits){.timeout_seconds = options->timeout_seconds,
			       .cpu_seconds = options->cpu_seconds,
			       .memory_mib = options->memory_mib};
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Nothing of the user's environment reaches the compiler. The arena holds the strings. */
static char **worker_environment(struct arena *a)
{
	char **env = arena_array(a, 6, char *);
	const char *tmp = getenv("TMPDIR");

	env[0] = (char *)"LC_ALL=C.UTF-8";
	env[1] = (char *)"PATH=/usr/bin:/bin";
	/* Measured on kernel units: 7 % less CPU for a parse that is thrown away right after. */
	env[2] = (char *)"LIBCLANG_NOTHREADS=1";
	env[3] = (char *)"GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.top_pad=67108864";
	if (tmp)
		env[4] = arena_printf(a, "TMPDIR=%s", tmp);
	return env;
}

/* Starts `path --serve` on one end of a socket: own process group (the terminal's Ctrl-C is ours), clean signals. */
static int spawn(const char *path, int line, pid_t *pid)
{
	struct arena a = {0};
	char *argv[] = {(char *)path, (char *)"--serve", NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int rc;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, line, 0);
	posix_spawn_file_actions_adddup2(&files, line, 1);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	rc = posix_spawn(pid, path, &files, &attr, argv, worker_environment(&a));
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	arena_release(&a);
	return rc;
}

static int server_start(struct server *s, const char *worker, struct error *err)
{
	struct arena a = {0};
	const char *path = path_absolute(&a, NULL, worker);
	int line[2], rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line))
		return error_system(err, errno, "cannot make a socket for a worker");
	rc = spawn(path, line[1], &s->pid);
	close(line[1]);
	if (rc) {
		s->pid = 0;
		close(line[0]);
		error_system(err, rc, "cannot start the worker %s", path);
	} else {
		s->fd = line[0];
		s->greeted = s->ordered = false;
		s->deadline_ms = now_ms() + GREETING_SECONDS * 1000;
	}
	arena_release(&a);
	return rc ? -1 : 0;
}

/* Waits up to `patience_ms` for the process to end by itself, then kills it; gives its status and adds up its use. */
static int server_reap(struct pool *p, struct server *s, int patience_ms)
{
	struct pollfd ended = {.fd = pidfd_open(s->pid, 0), .events = POLLIN};
	struct rusage ru = {0};
	int status = 0;

	if (ended.fd < 0 || poll(&ended, 1, patience_ms) <= 0)
		kill(s->pid, SIGKILL);
	while (wait4(s->pid, &status, 0, &ru) < 0 && errno == EINTR)
		;
	if (ended.fd >= 0)
		close(ended.fd);
	p->stats->worker_cpu_seconds += (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
					(double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
	if (ru.ru_maxrss > p->stats->peak_worker_kib)
		p->stats->peak_worker_kib = ru.ru_maxrss;
	s->pid = 0;
	return status;
}

static void server_hang_up(struct server *s)
{
	close(s->fd);
	s->fd = -1;
	buf_clear(&s->in);
	buf_clear(&s->out);
	s->sent = 0;
	s->deadline_ms = 0;
}

static void describe_end(int status, char *text, size_t size)
{
	if (WIFSIGNALED(status))
		snprintf(text, size, "was killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(text, size, "ended with status %d", WEXITSTATUS(status));
}

/* <scratch>/<first job of the order>, in the arena. */
static const char *order_dir(const struct pool *p, const struct server *s, struct arena *a)
{
	return arena_printf(a, "%s/%zu", p->rq->scratch, p->rq->queue[s->first]);
}

/* A child may have to begin again with the unit that another one died of. */
static void set_deadline(const struct pool *p, struct server *s)
{
	int64_t patience = p->rq->options->timeout_seconds;

	if (s->end - s->first > 1)
		patience *= 2;
	s->deadline_ms = now_ms() + (patience + GRACE_SECONDS) * 1000;
}

/* What the server is at is over; it goes on with the next unit of the order. */
static void job_done(struct pool *p, struct server *s)
{
	struct arena a = {0};
	size_t job = p->rq->queue[s->at];
	struct outcome outcome = s->outcome;
	const char *dir = order_dir(p, s, &a);
	size_t i = s->at++ - s->first;

	s->outcome = (struct outcome){.started = outcome.started};
	s->deadline_ms = 0;
	if (s->ordered && s->at < s->end)
		set_deadline(p, s);
	p->done++;
	p->rq->done(p->rq->ctx, job, dir, i, &outcome);
	if (s->at == s->end) {
		s->ordered = false;
		scratch_remove(dir);
	}
	arena_release(&a);
}

/* The server is of no use any more: `why` (NULL: it ended by itself) is put on its unit. Gives -1 when it had none
   because it never came up. */
static int server_lost(struct pool *p, struct server *s, const char *why, enum verdict verdict,
		       struct error *err)
{
	char end[96];
	int status;

	server_hang_up(s);
	status = server_reap(p, s, why ? 0 : 1000);
	describe_end(status, end, sizeof(end));
	if (!s->greeted)
		return error_system(err, 0, "the worker %s %s before it was ready%s%s",
				    p->rq->options->worker, why ? "was stopped" : end,
				    why ? ": it " : "", why ? why : "");
	if (!s->ordered)
		return 0;
	s->ordered = false;
	s->outcome.lost_verdict = why			? verdict
				  : WIFSIGNALED(status) ? VERDICT_CRASHED
							: VERDICT_FAILED;
	if (why)
		snprintf(s->outcome.lost, sizeof(s->outcome.lost), "its worker %s", why);
	else
		snprintf(s->outcome.lost, sizeof(s->outcome.lost), "its worker %s", end);
	job_done(p, s);
	return 0;
}

static int server_flush(struct pool *p, struct server *s, struct error *err)
{
	while (s->sent < s->out.len) {
		ssize_t n = send(s->fd, s->out.data + s->sent, s->out.len - s->sent,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n < 0)
			return server_lost(p, s, NULL, VERDICT_FAILED, err);
		s->sent += (size_t)n;
	}
	buf_clear(&s->out);
	s->sent = 0;
	return 0;
}

static uint64_t object_bytes(const struct job *job)
{
	struct stat st;

	if (job->member_size)
		return job->member_size;
	return stat(job->source, &st) || st.st_size < 0 ? 0 : (uint64_t)st.st_size;
}

/* Takes a server's next order off the queue: one source, or some objects. */
static void take_order(struct pool *p, struct server *s)
{
	const struct pool_request *rq = p->rq;
	uint64_t bytes = 0;

	s->at = p->next;
	do {
		const struct job *job = &rq->jobs[rq->queue[p->next]];

		if (p->next > s->at && !job->object_only)
			break;
		bytes += job->object_only ? object_bytes(job) : ORDER_BYTES;
		if (p->next > s->at && bytes > ORDER_BYTES)
			break;
		p->next++;
	} while (p->next < rq->n && bytes < ORDER_BYTES && p->next - s->at < ORDER_UNITS);
	s->end = p->next;
}

static int put_order(struct pool *p, struct server *s, struct error *err)
{
	struct arena a = {0};
	size_t n = s->end - s->at;
	struct job *jobs = arena_array(&a, n, struct job);
	struct order o = {.limits = pool_limits(p->rq->options), .jobs = jobs, .n = n};
	int rc = 0;

	s->first = s->at;
	for (size_t i = 0; i < n; i++)
		jobs[i] = p->rq->jobs[p->rq->queue[s->at + i]];
	o.scratch = order_dir(p, s, &a);
	if (mkdir(o.scratch, 0700))
		rc = error_system(err, errno, "cannot make the scratch directory %s", o.scratch);
	else
		wire_put_order(&s->out, &o);
	arena_release(&a);
	return rc;
}

static int give_order(struct pool *p, struct server *s, struct error *err)
{
	s->outcome = (struct outcome){0};
	clock_gettime(CLOCK_REALTIME_COARSE, &s->outcome.started);
	if (put_order(p, s, err))
		return -1;
	if (s->out.len > WIRE_ORDER_MAX) {
		buf_clear(&s->out);
		snprintf(s->outcome.lost, sizeof(s->outcome.lost), "its command is too long");
		s->outcome.lost_verdict = VERDICT_FAILED;
		job_done(p, s);
		return 0;
	}
	s->ordered = true;
	set_deadline(p, s);
	return server_flush(p, s, err);
}

/* Handles one frame of `len` bytes: the greeting, or the answer to what was ordered. */
static int take_frame(struct pool *p, struct server *s, size_t len, struct error *err)
{
	const char *payload = s->in.data + WIRE_HEADER, *greeting = wire_greeting();

	if (s->greeted && !s->ordered)
		return server_lost(p, s, "answered nonsense", VERDICT_FAILED, err);
	if (!s->greeted) {
		if (len != strlen(greeting) || memcmp(payload, greeting, len))
			return server_lost(p, s, "is of another version", VERDICT_FAILED, err);
		s->greeted = true;
		s->deadline_ms = 0;
	} else {
		if (wire_get_answer(payload, len, &s->outcome.answer))
			return server_lost(p, s, "answered nonsense", VERDICT_FAILED, err);
		job_done(p, s);
	}
	return 0;
}

static void drop_front(struct buf *b, size_t n)
{
	memmove(b->data, b->data + n, b->len - n);
	b->len -= n;
}

/* Handles the frames that stand in `in`. */
static int take_frames(struct pool *p, struct server *s, struct error *err)
{
	size_t len;
	int whole;

	while (s->pid && (whole = wire_frame(&s->in, WIRE_ANSWER_MAX, &len))) {
		if (whole < 0)
			return server_lost(p, s, "answered nonsense", VERDICT_FAILED, err);
		if (take_frame(p, s, len, err))
			return -1;
		if (s->pid)
			drop_front(&s->in, WIRE_HEADER + len);
	}
	return 0;
}

static int server_receive(struct pool *p, struct server *s, struct error *err)
{
	char block[2 * WIRE_ANSWER_MAX];
	ssize_t n = recv(s->fd, block, sizeof(block), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return server_lost(p, s, NULL, VERDICT_FAILED, err);
	buf_add(&s->in, block, (size_t)n);
	return take_frames(p, s, err);
}

/* Starts servers that are missing and gives work to the idle ones. */
static int keep_busy(struct pool *p, struct error *err)
{
	for (size_t i = 0; i < p->n; i++) {
		struct server *s = &p->servers[i];

		while (!s->ordered && (s->at < s->end || p->next < p->rq->n)) {
			if (s->at == s->end)
				take_order(p, s);
			if (!s->pid && server_start(s, p->rq->options->worker, err))
				return -1;
			if (!s->greeted)
				break;
			if (give_order(p, s, err))
				return -1;
		}
	}
	return 0;
}

/* Sleeps until something happens or the next deadline. */
static void pool_poll(struct pool *p)
{
	int64_t now = now_ms(), wait = 60000;

	for (size_t i = 0; i < p->n; i++) {
		const struct server *s = &p->servers[i];

		p->fds[i] = (struct pollfd){.fd = s->pid ? s->fd : -1, .events = POLLIN};
		if (s->sent < s->out.len)
			p->fds[i].events |= POLLOUT;
		if (s->deadline_ms && s->deadline_ms - now < wait)
			wait = s->deadline_ms - now;
	}
	p->fds[p->n] = (struct pollfd){.fd = p->rq->signals->fd, .events = POLLIN};
	if (poll(p->fds, p->n + 1, wait > 0 ? (int)wait : 0) < 0) {
		for (size_t i = 0; i <= p->n; i++)
			p->fds[i].revents = 0;
	}
}

static int attend(struct pool *p, size_t i, struct error *err)
{
	struct server *s = &p->servers[i];
	short events = p->fds[i].revents;

	if ((events & (POLLIN | POLLHUP | POLLERR)) && server_receive(p, s, err))
		return -1;
	if (s->pid && (events & POLLOUT) && server_flush(p, s, err))
		return -1;
	if (s->pid && s->deadline_ms && now_ms() >= s->deadline_ms)
		return server_lost(p, s, "gave no answer in time", VERDICT_TIMEOUT, err);
	return 0;
}

static int pool_loop(struct pool *p, struct error *err)
{
	while (p->done < p->rq->n) {
		if (keep_busy(p, err))
			return -1;
		pool_poll(p);
		if (signals_check(p->rq->signals, err))
			return -1;
		for (size_t i = 0; i < p->n; i++) {
			if (attend(p, i, err))
				return -1;
		}
	}
	return 0;
}

/* A server whose line is closed ends what it runs, then itself. */
static void pool_end(struct pool *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->servers[i].pid)
			server_hang_up(&p->servers[i]);
	}
	for (size_t i = 0; i < p->n; i++) {
		struct server *s = &p->servers[i];

		if (s->pid)
			server_reap(p, s, GOODBYE_MS);
		buf_release(&s->in);
		buf_release(&s->out);
	}
	free(p->servers);
	free(p->fds);
}

int pool_run(const struct pool_request *request, struct jobs_stats *stats, struct error *err)
{
	struct pool p = {.rq = request, .stats = stats, .n = request->options->parallel};
	int rc;

	p.n = p.n ? p.n : 1;
	p.n = p.n < request->n ? p.n : request->n;
	p.servers = mem_calloc(p.n, sizeof(*p.servers));
	p.fds = mem_calloc(p.n + 1, sizeof(*p.fds));
	rc = pool_loop(&p, err);
	pool_end(&p);
	return rc;
}
