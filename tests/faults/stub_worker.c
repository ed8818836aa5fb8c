/*
 * A worker that misbehaves on order. It serves through the same code as stackcheck-worker; what a unit does is the
 * first part of its name ("crash:3"). Called by another name it breaks the protocol instead.
 */
#include "base/error.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "jobs/server.h"
#include "jobs/wire.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* One function whose frame carries a number to the test; the source and every argument that is a path are inputs. */
static void fill(const struct job *job, struct facts *f, int64_t number)
{
	struct fact_func *func = vec_push(&f->funcs);

	f->unit = job->unit;
	f->module = job->module;
	f->target = job->target;
	f->compiler = "stub 1";
	*vec_push(&f->inputs) = job->source;
	for (size_t i = 0; i < job->argc; i++) {
		if (job->argv[i][0] == '/')
			*vec_push(&f->inputs) = job->argv[i];
	}
	func->symbol = func->name = "f";
	func->frame_bytes = number;
}

static void leave(const char *scratch, const char *data, size_t len)
{
	struct arena a = {0};
	FILE *out = fopen(unit_file(&a, scratch, 0, UNIT_FACTS), "w");

	fwrite(data, 1, len, out);
	fclose(out);
	_exit(UNIT_DONE);
}

static void leave_half(const struct job *job, const char *scratch)
{
	struct facts f = {0};
	struct buf text = {0};

	fill(job, &f, 1);
	facts_write(&f, &text);
	leave(scratch, text.data, text.len / 2);
}

static void leave_fifo(const char *scratch)
{
	struct arena a = {0};

	mkfifo(unit_file(&a, scratch, 0, UNIT_FACTS), 0600);
	_exit(UNIT_DONE);
}

static void eat(bool checked)
{
	enum { BLOCK = 8 << 20 };

	for (;;) {
		char *p = checked ? mem_calloc(1, BLOCK) : malloc(BLOCK);

		for (size_t i = 0; i < BLOCK; i += 4096)
			((volatile char *)p)[i] = 1;
	}
}

/* A process that leaves the group and the session; its id is the unit's number. */
static pid_t start_daemon(void)
{
	int line[2];
	pid_t middle, pid = 0;

	if (pipe(line))
		return 0;
	middle = fork();
	if (!middle) {
		setsid();
		pid = fork();
		if (!pid) {
			sleep(100);
			_exit(0);
		}
		_exit(write(line[1], &pid, sizeof(pid)) != (ssize_t)sizeof(pid));
	}
	waitpid(middle, NULL, 0);
	return read(line[0], &pid, sizeof(pid)) == (ssize_t)sizeof(pid) ? pid : 0;
}

static int shell(const char *command)
{
	char *argv[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
	pid_t pid;
	int status;

	if (posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ))
		return -1;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* How many ways of changing the project's tree work, in this process and in one that it starts. */
static int64_t count_leaks(const struct job *job)
{
	struct arena a = {0};
	const char *new = arena_printf(&a, "%s/leak", job->root);
	int64_t leaks = 0;

	leaks += open(new, O_WRONLY | O_CREAT, 0600) >= 0;
	leaks += open(job->source, O_WRONLY) >= 0;
	leaks += mkdir(new, 0700) == 0;
	leaks += symlink("x", new) == 0;
	leaks += rename(job->source, new) == 0;
	leaks += unlink(job->source) == 0;
	leaks += shell(arena_printf(&a, ": >'%s'", new)) == 0;
	leaks += shell(arena_printf(&a, ": >>'%s'", job->source)) == 0;
	leaks += shell(arena_printf(&a, "rm '%s'", job->source)) == 0;
	arena_release(&a);
	return leaks;
}

/* And the scratch directory and /dev/null must stay usable, for the compiler too. */
static int64_t count_denied(const char *scratch)
{
	struct arena a = {0};
	int64_t denied = 0;

	denied += open("/dev/null", O_WRONLY) < 0;
	denied += mkdir(arena_printf(&a, "%s/d", scratch), 0700) != 0;
	denied += shell(": >\"$TMPDIR/d/f\" && : >/dev/null && mv \"$TMPDIR/d/f\" \"$TMPDIR/g\"");
	arena_release(&a);
	return denied;
}

static int64_t count_open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	int64_t n = 0;

	while (d && readdir(d))
		n++;
	closedir(d);
	return n - 3; /* ".", ".." and the directory itself */
}

static const char *all_environment(struct arena *a, const char *scratch)
{
	const char *all = "";

	for (char **e = environ; *e; e++) {
		const char *own = arena_printf(a, "TMPDIR=%s", scratch);

		all = arena_printf(a, "%s%s;", all, strcmp(*e, own) ? *e : "TMPDIR=<scratch>");
	}
	return all;
}

static void die(const char *how)
{
	signal(SIGSEGV, SIG_DFL);
	if (!strcmp(how, "crash"))
		raise(SIGSEGV);
	if (!strcmp(how, "killed"))
		raise(SIGKILL);
	if (!strcmp(how, "bug"))
		BUG("planted");
	if (!strcmp(how, "bad-alloc")) {
		fprintf(stderr,
			"terminate called after throwing an instance of 'std::bad_alloc'\n");
		abort();
	}
	if (!strcmp(how, "exit")) {
		fprintf(stderr, "\033[31mno\377 more\n");
		exit(7);
	}
}

/* Most of two seconds of CPU time. */
static void burn(void)
{
	clock_t end = clock() + 3 * CLOCKS_PER_SEC / 2;

	while (clock() < end)
		;
}

static void endure(const char *how)
{
	if (!strcmp(how, "burn"))
		burn();
	if (!strcmp(how, "hang"))
		sleep(1000);
	while (!strcmp(how, "spin"))
		;
	if (!strcmp(how, "hang-in-compiler"))
		shell("sleep 1000; :");
	if (!strcmp(how, "eat"))
		eat(true);
	if (!strcmp(how, "eat-unchecked"))
		eat(false);
}

static void spoil(const char *how, const struct job *job, const char *scratch)
{
	if (!strcmp(how, "garbage"))
		leave(scratch, "\1\2\3\n\377", 5);
	if (!strcmp(how, "empty"))
		leave(scratch, "", 0);
	if (!strcmp(how, "half"))
		leave_half(job, scratch);
	if (!strcmp(how, "fifo"))
		leave_fifo(scratch);
	if (!strcmp(how, "none"))
		_exit(UNIT_DONE);
}

static int misbehave(const struct job *job, const char *scratch, void *tools, struct facts *f,
		     struct error *err)
{
	bool *poisoned = tools;
	const char *how = arena_strndup(&f->arena, job->unit, strcspn(job->unit, ":"));
	int64_t number = 1;

	die(how);
	endure(how);
	spoil(how, job, scratch);
	if (!strcmp(how, "error"))
		return error_set(err, "%s/x.o: line 1: cannot be\nread", scratch);
	if (!strcmp(how, "slow"))
		usleep(400000);
	if (!strcmp(how, "daemon"))
		number = start_daemon();
	if (!strcmp(how, "leak"))
		number = count_leaks(job);
	if (!strcmp(how, "denied"))
		number = count_denied(scratch);
	if (!strcmp(how, "pid"))
		number = getpid();
	if (!strcmp(how, "poison"))
		*poisoned = true;
	if (!strcmp(how, "victim") && *poisoned)
		die("crash");
	if (!strcmp(how, "files"))
		number = count_open_files();
	if (!strcmp(how, "kill-server"))
		number = kill(getppid(), SIGKILL) ? 2 : 1;
	fill(job, f, number);
	if (!strcmp(how, "estimated")) {
		f->status = UNIT_ESTIMATED;
		*vec_push(&f->problems) = "a.c:1: 'x.h' file not found";
	}
	if (!strcmp(how, "starved")) {
		f->status = UNIT_ESTIMATED;
		*vec_push(&f->problems) = "clang crashed: LLVM ERROR: out of memory";
	}
	if (!strcmp(how, "other"))
		f->unit = "not-this-one";
	if (!strcmp(how, "environment"))
		f->compiler = all_environment(&f->arena, scratch);
	return 0;
}

static void put_line(const void *p, size_t n)
{
	if (write(1, p, n) != (ssize_t)n)
		_exit(1);
}

/* Does nothing until the parent hangs up. */
static int wait_for_end(void)
{
	char c;

	while (read(0, &c, 1) > 0)
		;
	return 0;
}

/* Greets well, then answers the first order with a frame that is none. */
static int lie(void)
{
	struct buf b = {0};
	char c;

	wire_put(&b, wire_greeting(), strlen(wire_greeting()));
	put_line(b.data, b.len);
	buf_release(&b);
	if (read(0, &c, 1) == 1)
		put_line("\4\0\0\0oops", 8);
	return wait_for_end();
}

int main(int argc, char **argv)
{
	const char *name = path_base(argv[0]);
	bool poisoned = false;

	if (argc != 2 || strcmp(argv[1], "--serve"))
		return 3;
	if (!strcmp(name, "mute"))
		return 9;
	if (!strcmp(name, "noise")) {
		put_line("\377\377\377\377\377\377\377\377", 8);
		return wait_for_end();
	}
	if (!strcmp(name, "old")) {
		put_line("\21\0\0\0stackcheck-worker", 21);
		return wait_for_end();
	}
	if (!strcmp(name, "liar"))
		return lie();
	return worker_serve(0, 1, misbehave, &poisoned) ? 4 : 0;
}
