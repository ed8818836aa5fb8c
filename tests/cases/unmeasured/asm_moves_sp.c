// run: scan --platform linux-x86_64 --fail-on note $file -- --target=x86_64-linux-gnu -O2
// exit: 1
/* The stack pointer gets a value that nobody can follow: unknown is said, never 0. */
__attribute__((naked)) void switch_stack(void *to) // expect: unmeasured; expect: stack-switch
{
	__asm__("movq %rdi, %rsp\n\tpushq %rax\n\tretq");
}
