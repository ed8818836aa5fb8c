// run: scan --platform linux-x86_64 --fail-on never --format json --slots $file -- --target=x86_64-linux-gnu -O2 -ftrivial-auto-var-init=zero
// stdout-has: "name": "callbacks", "type": "callback *[5]"
// stdout-has: "name": "names", "type": "const char *[5]"
/* Arrays whose elements are stored one by one: the debug information follows them piece by piece, and names their places so. */
typedef void callback(void *queue);

void filled(void *queue);
void emptied(void *queue);
int find_queues(void **queues, callback **callbacks, const char **names);

int init_queues(int more, void **first) // frame: 128..208
{
	void *queues[5];
	callback *callbacks[5];
	const char *names[5];
	int err;

	callbacks[0] = filled;
	names[0] = "filled";
	callbacks[1] = emptied;
	names[1] = "emptied";
	callbacks[2] = 0;
	names[2] = 0;
	callbacks[3] = 0;
	names[3] = 0;
	names[4] = 0;
	if (more) {
		callbacks[2] = filled;
		names[2] = "more";
	}
	err = find_queues(queues, callbacks, names);
	*first = queues[0];
	return err;
}
