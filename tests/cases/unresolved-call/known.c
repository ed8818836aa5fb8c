// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// expect-none
static void (*hook)(int code);

static void note(int code)
{
	(void)code;
}

void set(void)
{
	hook = note;
}

void run(void)
{
	hook(1);
}
