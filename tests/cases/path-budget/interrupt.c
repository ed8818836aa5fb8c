// run: scan --platform linux-x86_64 --frame-limit 12000 $file -- --target=x86_64-linux-gnu -O2
// exit: 1
// stdout-has: error: the worst path from handler (interrupt handler) needs at least 5,024 bytes in its own frame, 928 bytes above the budget of 4,096 bytes
// An interrupt handler has the budget of the interrupt stack, a quarter of it; a file operation half of a thread's.
struct file;
struct file_operations {
	long (*read)(struct file *file, char *to, unsigned long n, long *at);
};
typedef int (*irq_handler_t)(int irq, void *dev);
int request_threaded_irq(unsigned irq, irq_handler_t handler, irq_handler_t thread,
			 unsigned long flags, const char *name, void *dev);
int register_chrdev(const char *name, const struct file_operations *ops);
void sink(char *p);

static long read(struct file *file, char *to, unsigned long n, long *at)
{
	char b[5000]; // expect: large-local

	sink(b);
	return b[n];
}

static int handler(int irq, void *dev) // expect: path-budget
{
	char b[5000]; // expect: large-local

	sink(b);
	return b[irq];
}

static const struct file_operations ops = {.read = read};

int probe(void)
{
	register_chrdev("a", &ops);
	return request_threaded_irq(1, handler, 0, 0, "a", 0);
}
