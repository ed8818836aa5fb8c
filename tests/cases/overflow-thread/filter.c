// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-w64-mingw32 -O2 -fms-extensions
// stdout-has: from a filter
typedef void OVERFLOW(void *context, void *event);
void FsRtlPostStackOverflow(void *context, void *event, OVERFLOW *routine);

static void deep(void *context, void *event)
{
	(void)context;
	(void)event;
}

void FltRegisterFilter(void *driver, const void *registration, void **filter);

void post(void *event)
{
	FsRtlPostStackOverflow(0, event, deep); // expect: overflow-thread
}

void start(void *driver, void **filter)
{
	FltRegisterFilter(driver, 0, filter);
}
