"""Faults and near misses of rules about tests of the remaining stack, and about changing the stack."""
from maker import EXTERNS
from paths import PATHS

REMAINING = """
typedef __SIZE_TYPE__ ULONG_PTR;
#define API DECLARED
API void __stdcall IoGetStackLimits(ULONG_PTR *low, ULONG_PTR *high);
API void *__stdcall IoAllocateWorkItem(void *device);
API void *__stdcall ExAllocatePoolWithTag(int pool, ULONG_PTR bytes, unsigned long tag);
API void *__stdcall IoAllocateMdl(void *address, unsigned long length, char secondary, char quota, void *irp);
API void __stdcall IoQueueWorkItem(void *item, void (*routine)(void *d, void *c), int type, void *context);

static inline ULONG_PTR IoGetRemainingStackSize(void)
{
	ULONG_PTR low, high;

	IoGetStackLimits(&low, &high);
	return (ULONG_PTR)&high - low;
}
"""
LEAVES = """
__attribute__((noinline)) static int leaf@(volatile char *p)
{
	return *p;
}

__attribute__((noinline)) static int post@(int n)
{
	return n - 5;
}
"""


def remaining(m):
    return EXTERNS + REMAINING.replace("DECLARED", m.pick("", "__declspec(dllimport)"))


def deep(size):
    return (f"\n__attribute__((noinline)) static int deep@(int n)\n{{\n\tvolatile char b[{size}];\n\n\tb[n & 7] = 1;\n"
            f"\treturn leaf@(b) + n;\n}}\n")


def guarded(m, threshold):
    """(what stands before, body) of a function that tests."""
    helper = "\nstatic inline int enough@(ULONG_PTR need)\n{\n\treturn IoGetRemainingStackSize() >= need;\n}\n"
    return m.pick(
        ("", f"if (IoGetRemainingStackSize() < {threshold})\n\t\treturn post@(n);\n\treturn deep@(n) + 1;"),
        ("", f"if ({threshold} > IoGetRemainingStackSize())\n\t\treturn post@(n);\n\treturn deep@(n) + 1;"),
        ("", f"if (IoGetRemainingStackSize() >= {threshold})\n\t\treturn deep@(n) + 1;\n\treturn post@(n);"),
        ("", f"if (n > 3 && IoGetRemainingStackSize() >= {threshold})\n\t\tn = deep@(n) + 1;\n\telse\n\t\tn = post@(n);\n\treturn n;"),
        ("", f"if (IoGetRemainingStackSize() < {threshold})\n\t\tgoto low;\n\treturn deep@(n) + 1;\nlow:\n\treturn post@(n);"),
        (f"#define NEEDED@ {threshold}\n", "if (!(IoGetRemainingStackSize() >= NEEDED@)) {\n\t\tn = post@(n);\n\t} else {\n\t\tn = deep@(n) + 1;\n\t}\n\treturn n;"),
        (helper, f"if (!enough@({threshold}))\n\t\treturn post@(n);\n\treturn deep@(n) + 1;"))


def tests(m, size, threshold):
    before, body = guarded(m, threshold)
    return f"{remaining(m)}{LEAVES}{deep(size)}{before}\nint {m.name()}(int n)\n{{\n\t{body}\n}}\n"


def path_guarded_low(m):
    """Over the budget behind a test that is too low: it covers nothing."""
    size = m.size(m.path + 256, m.path + 2000, 16)
    return tests(m, size, size - m.size(300, 900))


def path_guarded(m):
    """Over the budget behind a test that is adequate: no more than a note."""
    size = m.size(m.path + 256, m.path + 2000, 16)
    return tests(m, size, size + m.size(300, 900))


def guard_low(m):
    size = m.size(600, 2400)
    return tests(m, size, m.size(100, size - 200))


def guard_adequate(m):
    size = m.size(1000, 2400)
    return tests(m, size, size + m.size(300, 600))


def guard_pointer(m):
    """A question about a pointer, and an assertion."""
    body = m.pick("IoGetStackLimits(&low, &high);\n\tif ((ULONG_PTR)p >= low && (ULONG_PTR)p < high)\n\t\treturn deep@(1) + 1;\n\treturn 0;",
                  "IoGetStackLimits(&low, &high);\n\tif ((ULONG_PTR)p < low)\n\t\treturn 0;\n\treturn deep@(2) + 1;",
                  "low = high = 0;\n\tASSERT(IoGetRemainingStackSize() > 64);\n\treturn deep@((int)low) + (p != 0);")
    return (f"{remaining(m)}{LEAVES}{deep(m.size(600, 2400))}#define ASSERT(x) ((x) ? (void)0 : (void)post@(0))\n"
            f"\nint {m.name()}(void *p)\n{{\n\tULONG_PTR low, high;\n\n\t{body}\n}}\n")


# guard-missing
def test_of(m):
    return m.pick(f"if (IoGetRemainingStackSize() < {m.size(1024, 6000)})\n\t\treturn -1;",
                  f"if ({m.size(1024, 6000)} > IoGetRemainingStackSize())\n\t\treturn -2;")


def walk(m, test, before=""):
    turns = m.pick("return walk@(p[0]) + walk@(p[1]) + probe(1);", "for (int i = 0; p[i]; i++)\n\t\tprobe(walk@(p[i]));\n\treturn 0;",
                   "if (probe(2))\n\t\tprobe(walk@(p[0]));\n\treturn 3;")
    return (f"{remaining(m)}{before}\nint walk@(void **p)\n{{\n\tif (!p)\n\t\treturn 0;\n\t{test}\n\t{turns}\n}}\n").replace(
        "walk@(p[", "walk@((void **)p[")


def missing_test(m):
    return walk(m, "sink(p);")


def missing_in_circle(m):
    """The test stands above the circle."""
    return walk(m, "sink(p);") + f"\nint begin@(void **p)\n{{\n\t{test_of(m)}\n\treturn walk@(p) + 1;\n}}\n"


def missing_mutual(m):
    return (f"{remaining(m)}int one@(void *p);\n\n__attribute__((noinline)) int two@(void *p)\n{{\n\tsink(p);\n\treturn one@(p) + {m.size(1, 9)};\n}}\n"
            f"\n__attribute__((noinline)) int one@(void *p)\n{{\n\tif (probe(2))\n\t\treturn 0;\n\treturn two@(p) + 1;\n}}\n")


def missing_one_way(m):
    """One of two ways round is behind the test."""
    return (f"{remaining(m)}\nint half@(void **p)\n{{\n\tint n = probe(3);\n\n\tif (IoGetRemainingStackSize() >= {m.size(1024, 6000)})\n"
            f"\t\tn += half@((void **)p[0]);\n\tif (n)\n\t\tn += half@((void **)p[1]);\n\treturn n;\n}}\n")


def tested(m):
    return walk(m, test_of(m))


def counted(m):
    return (f"{remaining(m)}\nstatic int down@(void **p, int level)\n{{\n\tif (level > {m.size(3, 20)})\n\t\treturn -1;\n"
            f"\treturn down@((void **)p[0], level + 1) + down@((void **)p[1], level + 1) + probe(4);\n}}\n"
            f"\nint begin@(void **p)\n{{\n\treturn down@(p, 0) + 1;\n}}\n")


def looped(m):
    return f"{remaining(m)}\nint list@(void **p)\n{{\n\tint n = {m.size(0, 9)};\n\n\tfor (; p; p = (void **)*p)\n\t\tn += probe(n);\n\treturn n;\n}}\n"


# low-stack-allocation
WORK = "\nstatic void work@(void *d, void *c)\n{\n\tsink(d);\n\tsink(c);\n}\n"


def allocation(m):
    return m.pick("IoAllocateWorkItem(irp)", f"ExAllocatePoolWithTag(0, {m.size(16, 400)}, 1)", "IoAllocateMdl(irp, 4096, 0, 0, irp)")


def low(m, failing, before="", passing="return probe(7);"):
    limit = m.size(1024, 6000)
    body = m.pick(f"if (IoGetRemainingStackSize() < {limit}) {{\n\t\t{failing}\n\t\treturn 259;\n\t}}\n\t{passing}",
                  f"if (IoGetRemainingStackSize() >= {limit}) {{\n\t\t{passing}\n\t}}\n\t{failing}\n\treturn 259;")
    return f"{remaining(m)}{WORK}static void *kept@;\n{before}\nint {m.name()}(void *irp)\n{{\n\t{body}\n}}\n"


def low_direct(m):
    return low(m, f"IoQueueWorkItem({allocation(m)}, work@, 1, irp);")


def low_helper(m):
    helper = (f"\n__attribute__((noinline)) static int later@(void *irp)\n{{\n\tvoid *item = {allocation(m)};\n\n\tif (!item)\n\t\treturn -1;\n"
              f"\tIoQueueWorkItem(item, work@, 1, irp);\n\treturn 0;\n}}\n")
    return low(m, "later@(irp);", helper)


def low_kept(m):
    return low(m, "IoQueueWorkItem(kept@, work@, 1, irp);")


def low_afterwards(m):
    """What is allocated there counts, also behind the hand-over."""
    return low(m, f"IoQueueWorkItem(kept@, work@, 1, irp);\n\t\tkept@ = {allocation(m)};")


def low_passing(m):
    return low(m, "IoQueueWorkItem(kept@, work@, 1, irp);", passing=f"kept@ = {allocation(m)};\n\treturn probe(7);")


def low_before(m):
    return low(m, "IoQueueWorkItem(kept@, work@, 1, irp);",
               f"\nvoid prepare@(void *irp)\n{{\n\tkept@ = {allocation(m)};\n\tif (!kept@)\n\t\tprobe(8);\n}}\n")


# stack-switch
def is_x64(m):
    return m.target in ("linux-x86_64", "windows-x64")


def switched(m):
    if m.target == "linux-arm64":
        return (f'void {m.name()}(void *stack)\n{{\n\t__asm__ volatile("mov x19, sp\\n\\tmov sp, %0\\n\\tmov sp, x19" : : "r"(stack) : "x19", "memory");\n}}\n')
    sp, other = ("rsp", "rbx") if is_x64(m) else ("esp", "ebx")
    load = m.pick(f"mov %0, %%{sp}", f"lea -{m.size(16, 64, 16)}(%0), %%{sp}", f"mov (%0), %%{sp}")
    between = m.pick("", "\\n\\tnop", "\\n\\tcall callee@")
    return (f"void callee@(void);\n\nvoid {m.name()}(void *stack)\n{{\n"
            f'\t__asm__ volatile("mov %%{sp}, %%{other}\\n\\t{load}{between.replace("callee@", "_callee@" if m.target == "windows-x86" else "callee@")}\\n\\tmov %%{other}, %%{sp}"\n'
            f'\t\t\t : : "r"(stack) : "{other}", "memory");\n}}\n')


def same_stack(m):
    return m.pick(f"{EXTERNS}\nint {m.name()}(unsigned n)\n{{\n\tchar b[n];\n\n\tsink(b);\n\treturn probe(1);\n}}\n",
                  f"{EXTERNS}\nint {m.name()}(void)\n{{\n\t_Alignas(64) char b[{m.size(16, 128)}];\n\n\tsink(b);\n\treturn probe(1);\n}}\n",
                  f"{EXTERNS}\n__attribute__((optnone, noinline)) int {m.name()}(int n)\n{{\n\tchar b[{m.size(16, 128)}];\n\n\tsink(b);\n\treturn n;\n}}\n")


def asm_same_stack(m):
    if not is_x64(m):
        return same_stack(m)
    return m.pick(f'unsigned long long {m.name()}(void)\n{{\n\tunsigned long long sp;\n\n\t__asm__ volatile("mov %%rsp, %0" : "=r"(sp));\n\treturn sp;\n}}\n',
                  f'void {m.name()}(void)\n{{\n\t__asm__ volatile("pushfq\\n\\tpopfq" ::: "memory");\n}}\n',
                  f'void {m.name()}(void)\n{{\n\t__asm__ volatile("mov %%rsp, %%rbx\\n\\tsub ${m.size(16, 128, 16)}, %%rsp\\n\\tmov %%rbx, %%rsp" ::: "rbx", "memory");\n}}\n')


GUARDS = {"stack-switch": ([switched], [same_stack, asm_same_stack])}
WINDOWS_GUARDS = {
    "path-budget": (PATHS["path-budget"][0] + [path_guarded_low], PATHS["path-budget"][1] + [path_guarded]),
    "stack-guard": ([guard_low], [guard_adequate, guard_pointer]),
    "guard-missing": ([missing_test, missing_in_circle, missing_mutual, missing_one_way], [tested, counted, looped]),
    "low-stack-allocation": ([low_direct, low_helper, low_afterwards], [low_kept, low_passing, low_before]),
}
