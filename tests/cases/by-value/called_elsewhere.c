// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: deliver takes message, struct message of 256 bytes by value: each call copies it onto the stack
struct message {
	char text[256];
};

void send(const char *text);

void deliver(struct message message) // expect: by-value
{
	send(message.text);
}
