/*
 * What a kernel provides for code compiled with -mretpoline-external-thunk and -mfunction-return=thunk-extern: the way to an
 * indirect call's target, and the way back. Linked with every program of that round.
 */
	.text
	.globl	__x86_indirect_thunk_r11
	.type	__x86_indirect_thunk_r11, @function
__x86_indirect_thunk_r11:
	call	2f
1:	pause
	lfence
	jmp	1b
2:	mov	%r11, (%rsp)
	ret
	.size	__x86_indirect_thunk_r11, . - __x86_indirect_thunk_r11

	.globl	__x86_return_thunk
	.type	__x86_return_thunk, @function
__x86_return_thunk:
	ret
	int3
	.size	__x86_return_thunk, . - __x86_return_thunk

	.section .note.GNU-stack, "", @progbits
