#include "extract/codegen.h"

#include "base/file.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_LOG = 256 * 1024 * 1024 };

extern char **environ;

/*
 * -g changes no frame and gives the layout remark its names; DWARF also where the target's own format is another one.
 * The caret lines would make clang read every source line again.
 */
static const char *const own_flags[] = {
	"--no-default-config",
	"-w",
	"-g",
	"-gdwarf-5",
	"-gcolumn-info",
	"-Rpass-analysis=stack-frame-layout",
	"-fno-caret-diagnostics",
	"-fno-color-diagnostics",
	"-fno-crash-diagnostics",
	"-fintegrated-as",
	"-fno-lto",
	"-Qunused-arguments",
	/* A source must not be able to order a crash. */
	"-Xclang",
	"-disable-pragma-debug-crash",
	"-c",
};

static int spawn_clang(char *const argv[], const char *directory, const char *log, pid_t *pid,
		       struct error *err)
{
	posix_spawn_file_actions_t actions;
	int rc;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, directory);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log, O_WRONLY | O_CREAT | O_TRUNC,
					 0600);
	posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	rc = posix_spawn(pid, CLANG_PATH, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return rc ? error_system(err, rc, "cannot run %s in %s", CLANG_PATH, directory) : 0;
}

static int wait_for(pid_t pid, int *status, struct error *err)
{
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return error_system(err, errno, "cannot wait for clang");
	return 0;
}

static const char *failure_of(int status, const char *log, struct arena *a)
{
	/* The driver reports a crash of the compiler proper by a status and a line of its own. */
	if (WIFSIGNALED(status))
		return arena_printf(a, "clang crashed (signal %d)", WTERMSIG(status));
	if (strstr(log, "PLEASE submit a bug report") ||
	    strstr(log, "fatal error: error in backend"))
		return "clang crashed while generating code";
	return "clang gave errors";
}

int codegen_run(const struct job *job, const char *scratch, struct arena *a, struct codegen *out,
		struct error *err)
{
	VEC(char *) argv = {0};
	char *object = arena_printf(a, "%s/unit.o", scratch);
	char *log_path = arena_printf(a, "%s/unit.log", scratch);
	char *usage_path = arena_printf(a, "%s/unit.su", scratch);
	struct buf log = {0}, usage = {0};
	struct error none = {0};
	int status = 0, rc;
	pid_t pid;

	*vec_push(&argv) = arena_strdup(a, CLANG_PATH);
	for (size_t i = 0; i < job->argc; i++)
		*vec_push(&argv) = job->argv[i];
	for (size_t i = 0; i < sizeof(own_flags) / sizeof(*own_flags); i++)
		*vec_push(&argv) = arena_strdup(a, own_flags[i]);
	/* The option that names the file: the driver would derive a name from the output's. */
	for (size_t i = 0; i < 3; i++)
		*vec_push(&argv) = arena_strdup(a, i == 1 ? "-stack-usage-file" : "-Xclang");
	*vec_push(&argv) = usage_path;
	*vec_push(&argv) = arena_strdup(a, "-o");
	*vec_push(&argv) = object;
	*vec_push(&argv) = arena_strdup(a, job->source);
	*vec_push(&argv) = NULL;
	rc = spawn_clang(argv.v, job->directory, log_path, &pid, err) ||
	     wait_for(pid, &status, err) || file_read(log_path, MAX_LOG, &log, err);
	vec_release(&argv);
	if (!rc) {
		out->log = arena_strndup(a, buf_str(&log), log.len);
		out->object = status ? NULL : object;
		/* A unit without functions has no such file. */
		out->usage = file_read(usage_path, MAX_LOG, &usage, &none)
				     ? ""
				     : arena_strndup(a, buf_str(&usage), usage.len);
		out->failure = status ? failure_of(status, out->log, a) : NULL;
	}
	buf_release(&log);
	buf_release(&usage);
	return rc ? -1 : 0;
}
