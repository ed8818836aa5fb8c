/* Interrupt handlers. */
#ifndef EXAMPLE_LINUX_INTERRUPT_H
#define EXAMPLE_LINUX_INTERRUPT_H

typedef enum { IRQ_NONE, IRQ_HANDLED } irqreturn_t;
typedef irqreturn_t (*irq_handler_t)(int irq, void *dev_id);

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
		void *dev_id);
const void *free_irq(unsigned int irq, void *dev_id);

#endif
