// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-w64-mingw32 -O2 -fms-extensions
// stdout-has: outside any __try
typedef void OVERFLOW(void *context, void *event);
void FsRtlPostStackOverflow(void *context, void *event, OVERFLOW *routine);

static void deep(void *context, void *event)
{
	(void)context;
	(void)event;
}

void post(void *event)
{
	FsRtlPostStackOverflow(0, event, deep); // expect: overflow-thread
}
