// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: returns struct message of 256 bytes by value
struct message {
	char text[256];
};

void receive(char *text);

struct message fetch(void) // expect: by-value
{
	struct message m;

	receive(m.text);
	return m;
}
