/* Work that runs later, on a stack of its own. */
#ifndef EXAMPLE_LINUX_WORKQUEUE_H
#define EXAMPLE_LINUX_WORKQUEUE_H

#include <linux/types.h>

struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	work_func_t func;
	struct work_struct *next;
};

#define INIT_WORK(work, fn) ((work)->func = (fn))

bool schedule_work(struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);

#endif
