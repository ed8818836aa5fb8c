// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: takes message, struct message of 256 bytes by value: each call (1 call in the sources)
struct message {
	char text[256];
};

void send(const char *text);

__attribute__((noinline)) void deliver(struct message message) // expect: by-value
{
	send(message.text);
}

void relay(const struct message *m)
{
	deliver(*m);
}
