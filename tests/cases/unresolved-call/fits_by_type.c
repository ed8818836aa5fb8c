// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: run makes 1 call through the variable hook, and no function is known that it can hold (1 function fits by type alone)
/* Set through a pointer without a type: what gets in has no name. */
static void (*hook)(int code);
volatile int count;

void fill(void **place, void *what);

static void note(int code)
{
	count += code;
}

void set(void)
{
	fill((void **)&hook, note);
}

void run(void)
{
	hook(1); // expect: unresolved-call
	count++;
}
