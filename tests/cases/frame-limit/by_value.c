// run: scan --platform linux-x86_64 --frame-limit 2048 --budget 16000 --fail-on warning $file -- --target=x86_64-linux-gnu -O2
// exit: 1
/* A structure passed by value is copied into the outgoing arguments, where no variable of the caller stands. */
struct big {
	char bytes[4096];
};

extern struct big global;
int take(struct big b);

int pass(void) // frame: 4104..8264; expect: frame-limit; expect: large-local
{
	return take(global) + 1;
}
