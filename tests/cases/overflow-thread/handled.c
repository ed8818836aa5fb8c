// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// expect-none
typedef void OVERFLOW(void *context, void *event);
void FsRtlPostStackOverflow(void *context, void *event, OVERFLOW *routine);

static void deep(void *context, void *event)
{
	(void)context;
	(void)event;
}

int fail(void);

int post(void *event)
{
	__try {
		FsRtlPostStackOverflow(0, event, deep);
	} __except (1) {
		return fail();
	}
	return 0;
}
