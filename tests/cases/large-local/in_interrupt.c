// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2 -mno-red-zone
// stdout-has: on an interrupt's way
// stdout-has: Make it a member of the device's structure
/* Half of the limit of 512 bytes holds for what only an interrupt reaches: the handler and its helper, not the shared one. */
typedef int (*handler)(int irq, void *dev);

int request_irq(unsigned int irq, handler h, unsigned long flags, const char *name, void *dev);
void sink(char *p);

__attribute__((noinline)) static void shared(void)
{
	char common[400];

	sink(common);
}

__attribute__((noinline)) static void helper(void)
{
	char events[400]; // expect: large-local

	sink(events);
}

static int interrupt(int irq, void *dev)
{
	helper();
	shared();
	return irq + (dev != 0);
}

int probe(void *dev)
{
	shared();
	return request_irq(5, interrupt, 0, "x", dev);
}
