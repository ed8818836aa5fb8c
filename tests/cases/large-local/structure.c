// run: scan --platform linux-x86_64 --fail-on never $file -- --target=x86_64-linux-gnu -O2
// stdout-has: struct record
struct record {
	int number;
	char text[1020];
};

void fill(struct record *r);

void write_record(void)
{
	struct record r; // expect: large-local

	fill(&r);
}
