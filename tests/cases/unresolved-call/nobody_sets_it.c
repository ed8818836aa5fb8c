// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: makes 1 call through pointers without a known target
struct hooks {
	void (*notify)(int code);
};

void run(const struct hooks *h)
{
	h->notify(1); // expect: unresolved-call
}
