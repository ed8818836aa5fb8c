/* How a module says where it begins and ends. */
#ifndef EXAMPLE_LINUX_MODULE_H
#define EXAMPLE_LINUX_MODULE_H

#define __init __attribute__((section(".init.text")))
#define __exit __attribute__((section(".exit.text"), used))

/* The loader calls these two names; they are aliases, as in a real module. */
#define module_init(fn) int init_module(void) __attribute__((alias(#fn)))
#define module_exit(fn) void cleanup_module(void) __attribute__((alias(#fn)))

#define MODULE_LICENSE(text)                                                                       \
	static const char module_license[] __attribute__((used, section(".modinfo"))) =            \
		"license=" text

#endif
