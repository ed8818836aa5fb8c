// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2 -fms-extensions
// stdout-has: outside any __try
// A __try in the function is not enough: the call has to stand in its body, or a call on the way to it.
typedef void OVERFLOW(void *context, void *event);
void FsRtlPostStackOverflow(void *context, void *event, OVERFLOW *routine);
int fail(void);
int touch(void *event);

static void deep(void *context, void *event)
{
	(void)context;
	(void)event;
}

int behind(void *event)
{
	__try {
		touch(event);
	} __except (1) {
		return fail();
	}
	FsRtlPostStackOverflow(0, event, deep); // expect: overflow-thread
	return 0;
}

int in_the_handler(void *event)
{
	__try {
		touch(event);
	} __except (1) {
		FsRtlPostStackOverflow(0, event, deep); // expect: overflow-thread
	}
	return 0;
}

__attribute__((noinline)) static int post(void *event)
{
	FsRtlPostStackOverflow(event, event, deep);
	return 3;
}

/* Handled at the caller. */
int above(void *event)
{
	int done = 0;

	__try {
		done = post(event);
	} __except (1) {
		return fail();
	}
	return done;
}

static inline int inlined(void *event)
{
	FsRtlPostStackOverflow(&event, event, deep);
	return touch(event);
}

int around_an_inlined_call(void *event)
{
	int done = 0;

	__try {
		done = inlined(event);
	} __finally {
		touch(event);
	}
	return done;
}
