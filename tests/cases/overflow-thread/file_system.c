// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// expect-none
/* A file system registers callbacks of a filter's kind for its own locks. */
typedef void OVERFLOW(void *context, void *event);
void FsRtlPostStackOverflow(void *context, void *event, OVERFLOW *routine);
int FsRtlRegisterFileSystemFilterCallbacks(void *driver, const void *callbacks);
void IoRegisterFileSystem(void *device);

static void deep(void *context, void *event)
{
	(void)context;
	(void)event;
}

int fail(void);
void FsRtlPostPagingFileStackOverflow(void *context, void *event, OVERFLOW *routine);

/* For paging files there is a reserve: nothing is raised. */
void post_paging(void *event)
{
	FsRtlPostPagingFileStackOverflow(0, event, deep);
}

int post(void *event)
{
	__try {
		FsRtlPostStackOverflow(0, event, deep);
	} __except (1) {
		return fail();
	}
	return 0;
}

int start(void *driver, void *device)
{
	IoRegisterFileSystem(device);
	return FsRtlRegisterFileSystemFilterCallbacks(driver, 0);
}
