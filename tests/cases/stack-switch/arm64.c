// run: scan --fail-on never $file -- --target=aarch64-linux-gnu -O2
void on_another(void *stack) // expect: stack-switch; expect: unmeasured
{
	__asm__ volatile("mov x19, sp\n\tmov sp, %0\n\tmov sp, x19"
			 :
			 : "r"(stack)
			 : "x19", "memory");
}
