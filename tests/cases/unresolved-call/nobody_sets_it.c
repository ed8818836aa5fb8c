// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: run makes 1 call through the member notify of struct hooks, and no function is known that it can hold
struct hooks {
	void (*notify)(int code);
};

void run(const struct hooks *h)
{
	h->notify(1); // expect: unresolved-call
}
