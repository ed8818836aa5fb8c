// run: scan --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-lacks: [stack-switch]
// The stack pointer moves on its own stack: by a run-time size, down to a boundary, back from the frame pointer or a copy.
int sink(void *p);

int sized(unsigned n) // expect: dynamic-frame
{
	char buffer[n];

	return sink(buffer) + 1;
}

int aligned(void)
{
	char buffer[64] __attribute__((aligned(64)));

	return sink(buffer) + 1;
}

__attribute__((optnone, noinline)) int framed(int n)
{
	char buffer[32];

	return sink(buffer) + n;
}

void saved(void)
{
	__asm__ volatile("mov %%rsp, %%rbx\n\tsub $64, %%rsp\n\tmov %%rbx, %%rsp"
			 :
			 :
			 : "rbx", "memory");
}

unsigned long read_only(void)
{
	unsigned long sp;

	__asm__ volatile("mov %%rsp, %0" : "=r"(sp));
	return sp;
}
