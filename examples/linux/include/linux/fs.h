/* Character device entry points. */
#ifndef EXAMPLE_LINUX_FS_H
#define EXAMPLE_LINUX_FS_H

#include <linux/types.h>

struct file {
	void *private_data;
};

struct file_operations {
	long (*read)(struct file *file, char *to, size_t size);
	long (*unlocked_ioctl)(struct file *file, unsigned int command, unsigned long arg);
};

int register_chrdev(unsigned int major, const char *name, const struct file_operations *fops);
void unregister_chrdev(unsigned int major, const char *name);
unsigned long copy_from_user(void *to, const void *from, unsigned long n);
unsigned long copy_to_user(void *to, const void *from, unsigned long n);

#endif
