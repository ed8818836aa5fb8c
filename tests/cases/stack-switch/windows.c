// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2
// stdout-has: KeExpandKernelStackAndCalloutEx()
void on_another(void *stack) // expect: stack-switch; expect: unmeasured
{
	__asm__ volatile("mov %%rsp, %%rbx\n\tlea -32(%0), %%rsp\n\tmov %%rbx, %%rsp"
			 :
			 : "r"(stack)
			 : "rbx", "memory");
}
