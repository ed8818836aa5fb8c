// run: scan --fail-on never $file -- --target=x86_64-linux-gnu -O2
void callee(void);

void move(void *stack) // expect: stack-switch; expect: unmeasured
{
	__asm__ volatile("mov %%rsp, %%rbx\n\tmov %0, %%rsp\n\tcall callee\n\tmov %%rbx, %%rsp"
			 :
			 : "r"(stack)
			 : "rbx", "memory");
}

void load(void **where) // expect: stack-switch; expect: unmeasured
{
	__asm__ volatile("mov %%rsp, %%rbx\n\tmov (%0), %%rsp\n\tcall callee\n\tmov %%rbx, %%rsp"
			 :
			 : "r"(where)
			 : "rbx", "memory");
}

void exchange(void *stack) // expect: stack-switch; expect: unmeasured
{
	__asm__ volatile("xchg %0, %%rsp\n\tcall callee\n\txchg %0, %%rsp"
			 : "+b"(stack)
			 :
			 : "memory");
}
