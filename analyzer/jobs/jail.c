#include "jobs/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Debian 12's <linux/landlock.h> stops at ABI 2 and the C library has no wrappers; see landlock(7). */
enum { LANDLOCK_CREATE = 444, LANDLOCK_ADD = 445, LANDLOCK_RESTRICT = 446 };
enum { CREATE_RULESET_VERSION = 1, RULE_PATH_BENEATH = 1 };

struct ruleset_attr {
	uint64_t access_fs, access_net, scoped;
};

struct path_beneath_attr {
	uint64_t access;
	int32_t fd;
} __attribute__((packed));

#define FS_WRITE_FILE (UINT64_C(1) << 1)
#define FS_REMOVE     (UINT64_C(3) << 4) /* directories, files */
#define FS_MAKE	      (UINT64_C(0x7f) << 6) /* every kind of node */
#define FS_REFER      (UINT64_C(1) << 13) /* ABI 2: rename or link across directories */
#define FS_TRUNCATE   (UINT64_C(1) << 14) /* ABI 3 */
#define FS_IOCTL_DEV  (UINT64_C(1) << 15) /* ABI 5 */
#define FS_ON_FILES   (FS_WRITE_FILE | FS_TRUNCATE | FS_IOCTL_DEV)
#define NET_TCP	      UINT64_C(3) /* ABI 4: bind, connect */
#define SCOPE_ALL     UINT64_C(3) /* ABI 6: abstract sockets, signals */

enum { FILE_SIZE_MAX = 1 << 30 };

static struct ruleset_attr landlock_rights(long abi)
{
	struct ruleset_attr attr = {.access_fs = FS_WRITE_FILE | FS_REMOVE | FS_MAKE};

	if (abi >= 2)
		attr.access_fs |= FS_REFER;
	if (abi >= 3)
		attr.access_fs |= FS_TRUNCATE;
	if (abi >= 4)
		attr.access_net = NET_TCP;
	if (abi >= 5)
		attr.access_fs |= FS_IOCTL_DEV;
	if (abi >= 6)
		attr.scoped = SCOPE_ALL;
	return attr;
}

static int landlock_allow(int ruleset, const char *path, uint64_t access, struct error *err)
{
	struct path_beneath_attr rule = {.access = access};
	int rc = 0;

	rule.fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.fd < 0)
		return error_system(err, errno, "cannot open %s for the sandbox", path);
	if (syscall(LANDLOCK_ADD, ruleset, RULE_PATH_BENEATH, &rule, 0))
		rc = error_system(err, errno, "cannot allow writes to %s in the sandbox", path);
	close(rule.fd);
	return rc;
}

static int landlock_enter(const char *scratch, struct error *err)
{
	long abi = syscall(LANDLOCK_CREATE, NULL, 0, CREATE_RULESET_VERSION);
	struct ruleset_attr attr = landlock_rights(abi);
	int ruleset, rc;

	if (abi < 1)
		return 0;
	/* An older kernel takes the longer structure as long as what it does not know is 0. */
	ruleset = (int)syscall(LANDLOCK_CREATE, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		return error_system(err, errno, "cannot make the sandbox");
	rc = landlock_allow(ruleset, scratch, attr.access_fs, err);
	if (!rc)
		rc = landlock_allow(ruleset, "/dev/null", attr.access_fs & FS_ON_FILES, err);
	if (!rc && syscall(LANDLOCK_RESTRICT, ruleset, 0))
		rc = error_system(err, errno, "cannot enter the sandbox");
	close(ruleset);
	return rc;
}

/* Lowers a limit; one that stands lower already stays. */
static int limit(__rlimit_resource_t resource, rlim_t soft, rlim_t hard, struct error *err)
{
	struct rlimit now;

	if (getrlimit(resource, &now))
		return error_system(err, errno, "cannot read the limits of the process");
	now.rlim_max = now.rlim_max < hard ? now.rlim_max : hard;
	now.rlim_cur = soft < now.rlim_max ? soft : now.rlim_max;
	if (setrlimit(resource, &now))
		return error_system(err, errno, "cannot limit the process");
	return 0;
}

static int limit_memory(unsigned mib, struct error *err)
{
	if (!JAIL_LIMITS_MEMORY)
		return 0;
	return limit(RLIMIT_AS, (rlim_t)mib << 20, (rlim_t)mib << 20, err);
}

/* Seconds that the process has begun to use. */
static rlim_t cpu_used(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (rlim_t)t.tv_sec + 1;
}

int jail_enter(const struct limits *limits, size_t units, const char *scratch, struct error *err)
{
	rlim_t cpu = limits->cpu_seconds;

	/* The hard CPU limit comes later: SIGXCPU says what happened, the hard limit's SIGKILL would not. */
	if (limit_memory(limits->memory_mib, err) || limit(RLIMIT_CPU, cpu, cpu * units + 5, err) ||
	    limit(RLIMIT_CORE, 0, 0, err) || limit(RLIMIT_FSIZE, FILE_SIZE_MAX, FILE_SIZE_MAX, err))
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return error_system(err, errno, "cannot give up new privileges");
	return landlock_enter(scratch, err);
}

int jail_next(const struct limits *limits, struct error *err)
{
	return limit(RLIMIT_CPU, cpu_used() + limits->cpu_seconds, RLIM_INFINITY, err);
}
