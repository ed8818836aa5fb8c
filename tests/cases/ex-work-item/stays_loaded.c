// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-w64-mingw32 -O2 -fms-extensions
// expect-none
/* Nothing unloads it. */
struct driver {
	void (*DriverUnload)(struct driver *d);
};

void ExQueueWorkItem(void *item, int queue);

void later(void *item)
{
	ExQueueWorkItem(item, 1);
}
