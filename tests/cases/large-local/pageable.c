// run: scan --platform windows-x64 --fail-on never $file -- --target=x86_64-pc-windows-msvc -O2
// stdout-has: paged pool with ExAllocatePoolWithTag(PagedPool)
// stdout-has: non-paged pool with ExAllocatePoolWithTag(NonPagedPoolNx)
/* A section says that the code is pageable; of the other function nothing is known. */
void sink(void *p);
void *ExAllocatePoolWithTag(int type, unsigned long long size, unsigned long tag);

__attribute__((section("PAGE"))) void configure(void)
{
	unsigned char sector[600]; // expect: large-local

	sink(sector);
}

void *other(void)
{
	unsigned char block[600]; // expect: large-local

	sink(block);
	return ExAllocatePoolWithTag(0, 16, 1);
}
