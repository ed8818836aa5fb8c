"""Faults and near misses of rules about one function's frame."""
from maker import EXTERNS, function


# large-local
def local_plain(m):
    types, variable = m.variable("data", m.size(m.local, 4 * m.local, 8))
    return function(m, f"{variable}\n\n\t{m.flow('sink(&data);')}", types)


def local_inlined(m):
    types, variable = m.variable("data", m.size(m.local, 3 * m.local, 8))
    helper = (f"\n__attribute__((always_inline)) static inline int helper@(int n)\n{{\n\t{variable}\n\n"
              f"\tsink(&data);\n\treturn probe(n);\n}}\n")
    return function(m, m.flow("n += helper@(n);"), types + helper)


def local_in_block(m):
    types, variable = m.variable("data", m.size(m.local, 3 * m.local, 8))
    return function(m, f"{m.pick('if (n > 3)', 'while (probe(1))', 'for (; n; n--)')} {{\n\t\t{variable}\n\n\t\tsink(&data);\n\t}}",
                    types)


def local_initialised(m):
    size = m.size(m.local, 3 * m.local)
    first = m.pick("{0}", "{1, 2}", '""')
    return function(m, f"char data[{size}] = {first};\n\n\t{m.flow('sink(data);')}")


def local_just_below(m):
    types, variable = m.variable("data", m.size(m.local - 64, m.local - 8, 8))
    return function(m, f"{variable}\n\n\t{m.flow('sink(&data);')}", types)


def local_static(m):
    types, variable = m.variable("data", m.size(m.local, 8 * m.local, 8))
    return function(m, f"static {variable}\n\n\t{m.flow('sink(&data);')}", types)


def local_removed(m):
    """Large in the source, gone in the code."""
    size = m.size(m.local, 4 * m.local)
    return function(m, m.pick(f"char data[{size}];\n\n\tn += sizeof(data);",
                              f"char data[{size}];\n\n\tdata[0] = (char)n;\n\tn += data[0];",
                              f"int data[{size}];\n\n\tdata[n & 1] = n;\n\t(void)data;"))


def local_elsewhere(m):
    """The caller's, or allocated."""
    size = m.size(m.local, 4 * m.local)
    return m.pick(
        f"{EXTERNS}\nvoid {m.name()}(char data[{size}])\n{{\n\t{m.flow('sink(data);')}\n}}\n",
        f"{EXTERNS}\nvoid *kmalloc(unsigned long n, int f);\nvoid kfree(void *p);\nint {m.name()}(void)\n{{\n"
        f"\tchar (*data)[{size}] = kmalloc(sizeof(*data), 0);\n\n\tif (!data)\n\t\treturn -12;\n\tsink(*data);\n"
        f"\tkfree(data);\n\treturn 0;\n}}\n",
        f"{EXTERNS}\nstruct box@ {{\n\tchar data[{size}];\n}};\nvoid {m.name()}(struct box@ *b)\n{{\n"
        f"\tstruct box@ *copy = b;\n\n\t{m.flow('sink(copy->data);')}\n}}\n")


# frame-limit
def frame_one(m):
    types, variable = m.variable("data", m.size(m.frame, 3 * m.frame, 8))
    return function(m, f"{variable}\n\n\t{m.flow('sink(&data);')}", types)


def frame_many(m):
    n = m.size(8, 16)
    each = m.size(m.frame // n + 8, m.local - 8, 8)
    variables = "".join(f"char b{i}[{each}];\n\t" for i in range(n))
    return function(m, variables + "\n\t" + "".join(f"sink(b{i});\n\t" for i in range(n)) + f"probe({n});")


def frame_inlined(m):
    n = m.size(2, 4)
    each = m.frame // n + m.size(16, 128, 8)
    helpers = "".join(f"\n__attribute__((always_inline)) static inline char *helper{i}@(char *b)\n{{\n\tsink(b);\n\treturn b;\n}}\n"
                      for i in range(n))
    body = "".join(f"char b{i}[{each}];\n\t" for i in range(n)) + "".join(f"helper{i}@(b{i});\n\t" for i in range(n))
    return function(m, body + "".join(f"sink(b{i});\n\t" for i in range(n)), helpers)


def frame_below(m):
    types, variable = m.variable("data", m.size(m.frame // 2, m.frame - 200, 8))
    return function(m, f"{variable}\n\n\t{m.flow('sink(&data);')}", types)


def frame_shared(m):
    """Two blocks that are never alive together."""
    each = m.size(m.frame * 5 // 9, m.frame - 200, 8)
    return function(m, f"if (n) {{\n\t\tchar a[{each}];\n\n\t\tsink(a);\n\t}} else {{\n\t\tchar b[{each}];\n\n\t\tsink(b);\n\t}}")


def frame_split(m):
    """Each in a function of its own, one after the other."""
    each = m.size(m.frame * 5 // 9, m.frame - 200, 8)
    helpers = "".join(f"\n__attribute__((noinline)) static void helper{i}@(void)\n{{\n\tchar b[{each}];\n\n\tsink(b);\n}}\n"
                      for i in range(2))
    return function(m, "helper0@();\n\thelper1@();", helpers)


# by-value
def record(m, low, high):
    """(definition, type) of a structure or union."""
    size = m.size(low, high, 8)
    return m.pick(
        (f"struct message@ {{\n\tlong long words[{size // 8}];\n}};\n", "struct message@"),
        (f"struct message@ {{\n\tint kind, length;\n\tchar text[{size - 8}];\n}};\n", "struct message@"),
        (f"typedef struct {{\n\tchar text[{size}];\n}} message@;\n", "message@"),
        (f"union message@ {{\n\tchar text[{size}];\n\tlong long words[4];\n}};\n", "union message@"),
        (f"struct inner@ {{\n\tchar text[{size - 8}];\n}};\nstruct message@ {{\n\tlong long time;\n\tstruct inner@ in;\n}};\n",
         "struct message@"))


def value_parameter(m):
    definition, kind = record(m, 128, 600)
    first = m.pick("", "int n, ", "void *p, int n, ")
    name = m.name()
    return (f"{EXTERNS}{definition}\n__attribute__((noinline)) void {name}({first}{kind} m)\n{{\n\t{m.flow('sink(&m);')}\n}}\n\n"
            f"void caller@(const {kind} *m)\n{{\n\t{name}({first.replace('int n', '1').replace('void *p', '0')}*m);\n}}\n")


def value_result(m):
    definition, kind = record(m, 128, 600)
    return (f"{EXTERNS}{definition}\n{kind} {m.name()}(int n)\n{{\n\t{kind} m;\n\n\tsink(&m);\n\tif (n)\n\t\tsink(&m);\n"
            f"\treturn m;\n}}\n")


def value_pointed(m):
    """Only its address is taken."""
    definition, kind = record(m, 128, 600)
    return (f"{EXTERNS}{definition}\nstatic void {m.name().replace('@', 'r@')}({kind} m)\n{{\n\tsink(&m);\n}}\n").replace(
        "static void", "__attribute__((used)) static void")


def value_small(m):
    definition, kind = record(m, 16, 120)
    return (f"{EXTERNS}{definition}\n__attribute__((noinline)) void {m.name()}({kind} m)\n{{\n\t{m.flow('sink(&m);')}\n}}\n"
            f"{kind} result@(void)\n{{\n\t{kind} m;\n\n\tsink(&m);\n\treturn m;\n}}\n")


def value_by_pointer(m):
    definition, kind = record(m, 128, 2000)
    return (f"{EXTERNS}{definition}\nvoid {m.name()}(const {kind} *m, {kind} *to)\n{{\n\t{m.flow('*to = *m;')}\n}}\n"
            f"{kind} *result@({kind} *m)\n{{\n\treturn probe(1) ? m : 0;\n}}\n")


def value_inlined(m):
    definition, kind = record(m, 128, 600)
    how = m.pick("static inline", "__attribute__((always_inline)) static inline")
    return (f"{EXTERNS}{definition}\n{how} int helper@({kind} m)\n{{\n\treturn ((char *)&m)[3];\n}}\n"
            f"int {m.name()}(const {kind} *m)\n{{\n\treturn helper@(*m);\n}}\n")


# frame-to-context
def middling(m, n, low, high):
    """(types, declarations, uses) of n aggregates of low to high bytes."""
    types, declarations, uses = "", "", ""
    for i in range(n):
        front, variable = m.variable(f"v{i}", m.size(low, high, 8))
        types, declarations, uses = types + front, declarations + variable + "\n\t", uses + f"sink(&v{i});\n\t"
    return types, declarations, uses


def context_plain(m):
    n = m.size(3, 7)
    types, declarations, uses = middling(m, n, max(40, 560 // n), m.local - 8)
    return function(m, f"{declarations}\n\t{uses}", types)


def context_inlined(m):
    n = m.size(3, 5)
    each = m.size(600 // n, m.local - 8, 8)
    helper = (f"\n__attribute__((always_inline)) static inline void helper@(char *a)\n{{\n\tchar b[{each}];\n\n"
              f"\tsink(a);\n\tsink(b);\n\tsink(a);\n}}\n")
    body = "".join(f"char v{i}[{each}];\n\t" for i in range(n)) + "helper@(v0);\n\t"
    return function(m, body + "".join(f"sink(v{i});\n\t" for i in range(n)), helper)


def context_two(m):
    types, declarations, uses = middling(m, 2, m.local // 2, m.local - 8)
    return function(m, f"{declarations}\n\t{uses}", types)


def context_little(m):
    n = m.size(3, 5)
    types, declarations, uses = middling(m, n, 24, 480 // n)
    return function(m, f"{declarations}\n\t{uses}", types)


def context_dominated(m):
    """One large variable is what counts there."""
    types, declarations, uses = middling(m, 3, 176, 200)
    return function(m, f"char large[{m.size(900, 1600)}];\n\t{declarations}\n\tsink(large);\n\t{uses}sink(large);", types)


def context_shared(m):
    each = m.size(176, 240, 8)
    return function(m, "".join(f"if (n == {i}) {{\n\t\tchar v{i}[{each}];\n\n\t\tsink(v{i});\n\t}}\n\t" for i in range(4)))


# dynamic-frame
def dynamic_array(m):
    kind = m.pick("char", "int", "long long", "struct { int a, b; }")
    return function(m, f"{kind} data[{m.pick('n', 'n + 1', 'n * 4', 'probe(n)')}];\n\n\t{m.flow('sink(data);')}")


def dynamic_two(m):
    return function(m, f"char data[n][{m.size(2, 40)}];\n\n\t{m.flow('sink(data);')}")


def dynamic_alloca(m):
    return function(m, m.flow(f"sink(__builtin_alloca((unsigned long){m.pick('n', 'n * 8u', 'probe(n)')}));"))


def dynamic_inlined(m):
    helper = "\n__attribute__((always_inline)) static inline void helper@(int n)\n{\n\tchar data[n];\n\n\tsink(data);\n}\n"
    return function(m, m.flow("helper@(n);"), helper)


def dynamic_block(m):
    return function(m, f"if (n > {m.size(1, 9)}) {{\n\t\tshort data[n];\n\n\t\tsink(data);\n\t}}")


def dynamic_loop(m):
    size = m.pick("n", str(m.size(8, 64)))
    return function(m, m.pick(f"for (int i = 0; i < probe(2); i++)\n\t\tsink(__builtin_alloca({size}));",
                              f"while (probe(3)) {{\n\t\tchar *p = __builtin_alloca({size});\n\n\t\tsink(p);\n\t}}"))


def fixed_alloca(m):
    return function(m, f"void *data = __builtin_alloca({m.size(16, 200)});\n\n\t{m.flow('sink(data);')}")


def fixed_folded(m):
    size = m.size(8, 100)
    return function(m, f"const int size = {size};\n\tchar data[{m.pick('size', 'size * 2', 'size + 1')}];\n\n\t{m.flow('sink(data);')}")


def fixed_aligned(m):
    """The stack pointer is rounded down, and nothing is sized at run time."""
    return function(m, f"_Alignas({m.pick(32, 64, 128)}) char data[{m.size(16, 200)}];\n\n\t{m.flow('sink(data);')}")


def fixed_pointer(m):
    return f"{EXTERNS}\nvoid {m.name()}(int n, char rows[n][{m.size(4, 64)}])\n{{\n\t{m.flow('sink(rows[1]);')}\n}}\n"


def fixed_sizeof(m):
    return function(m, "typedef int row[n];\n\n\tn += (int)sizeof(row);")


# variadic-format-buffer
LINUX_PRINT = ("int snprintf(char *to, unsigned long size, const char *format, ...);\n"
               "int scnprintf(char *to, unsigned long size, const char *format, ...);\n"
               "int sprintf(char *to, const char *format, ...);\nint _printk(const char *format, ...);\n"
               "void _dev_err(void *device, const char *format, ...);\n"
               "#define printk _printk\n#define pr_err(...) _printk(__VA_ARGS__)\n#define dev_err(d, ...) _dev_err(d, __VA_ARGS__)\n"
               "int strcmp(const char *a, const char *b);\n")
WINDOWS_PRINT = ("int _snprintf(char *to, unsigned long long size, const char *format, ...);\n"
                 "int RtlStringCbPrintfA(char *to, unsigned long long size, const char *format, ...);\n"
                 "int sprintf(char *to, const char *format, ...);\nunsigned long DbgPrint(const char *format, ...);\n"
                 "unsigned long DbgPrintEx(unsigned long c, unsigned long l, const char *format, ...);\n"
                 "#define KdPrint(x) DbgPrint x\nint strcmp(const char *a, const char *b);\n")


def printing(m):
    return LINUX_PRINT if m.target.startswith("linux") else WINDOWS_PRINT


def written(m):
    return m.pick('snprintf(text, sizeof(text), "code %d", n);', 'scnprintf(text, sizeof(text), "at %d", n);',
                  'sprintf(text, "unit %d: %d", n, n + 1);') if m.target.startswith("linux") else \
        m.pick('_snprintf(text, sizeof(text), "code %d", n);', 'RtlStringCbPrintfA(text, sizeof(text), "at %d", n);',
               'sprintf(text, "unit %d: %d", n, n + 1);')


def printed(m):
    return m.pick('printk("%s\\n", text);', 'pr_err("driver: %s\\n", text);', 'dev_err(0, "%s: %d\\n", text, n);') \
        if m.target.startswith("linux") else \
        m.pick('DbgPrint("%s\\n", text);', 'KdPrint(("driver: %s\\n", text));', 'DbgPrintEx(77, 0, "%s: %d\\n", text, n);')


def format_plain(m):
    first = m.pick("", ' = ""', " = {0}")
    return function(m, f"char text[{m.size(64, m.local - 8)}]{first};\n\n\t{written(m)}\n\t{m.flow(printed(m))}", printing(m))


def format_branches(m):
    return function(m, f"char text[{m.size(64, m.local - 8)}];\n\n\tif (n)\n\t\t{written(m)}\n\telse\n\t\t{written(m)}\n\t{printed(m)}",
                    printing(m))


def format_loop(m):
    return function(m, f"for (int i = 0; i < n; i++) {{\n\t\tchar text[{m.size(64, m.local - 8)}];\n\n\t\t{written(m)}\n\t\t{printed(m)}\n\t}}",
                    printing(m))


def format_pieces(m):
    more = m.pick('sprintf(text + 4, " (%d more)", n);', 'sprintf(&text[n & 7], ".");')
    return function(m, f"char text[{m.size(64, m.local - 8)}];\n\n\t{written(m)}\n\t{m.flow(more)}\n\t{printed(m)}", printing(m))


def format_kept(m):
    how = m.pick("sink(text);", "n = strcmp(text, \"a\");", "n = text[n & 7];", "*(char **)&keep@ = text; sink(keep@);")
    return function(m, f"char text[{m.size(64, m.local - 8)}];\n\n\t{written(m)}\n\t{how}",
                    printing(m) + "static void *keep@;\n")


def format_small(m):
    return function(m, f"char text[{m.size(16, 56)}];\n\n\t{written(m)}\n\t{m.flow(printed(m))}", printing(m))


def format_static(m):
    return function(m, f"static char text[{m.size(64, m.local)}];\n\n\t{written(m)}\n\t{printed(m)}", printing(m))


# unmeasured
def missing_header(m):
    where = m.pick('"missing@.h"', "<linux/missing@.h>", '"generated/missing@.h"')
    return f"#include {where}\n" + function(m, f"char data[{m.size(16, 200)}];\n\n\tsink(data);")


def unknown_type(m):
    return function(m, f"char data[{m.size(16, 200)}];\n\n\tsink(data);",
                    m.pick("struct nowhere@ extra;\nint use@ = sizeof(struct nowhere@);\n", "unknown_t@ global@;\n"))


def moved_sp(m):
    if "64" not in m.target or "arm" in m.target:
        return missing_header(m)
    code = m.pick("movq %rdi, %rsp\\n\\tpushq %rax\\n\\tretq", "movq (%rdi), %rsp\\n\\tretq", "leaq (%rdi,%rsi), %rsp\\n\\tretq")
    return f'__attribute__((naked)) void {m.name()}(void *to)\n{{\n\t__asm__("{code}");\n}}\n'


def asm_beside(m):
    code = m.pick('__asm__ volatile("nop");', '__asm__ volatile("" ::: "memory");', '__asm__ volatile("# %0" : : "r"(n));')
    return function(m, f"char data[{m.size(16, 200)}];\n\n\tsink(data);\n\t{m.flow(code)}")


def header_there(m):
    return function(m, f"char data[{m.size(16, 200)}];\n\n\tsink(data);",
                    '#if __has_include("missing@.h")\n#include "missing@.h"\n#endif\n#include <stddef.h>\n#include <stdint.h>\n')


def odd_but_fine(m):
    return function(m, m.pick("unsigned long long a = (unsigned)n * 3ull;\n\n\tn = (int)(a / 7);",
                              "void *at[] = {&&one@, &&two@};\n\n\tgoto *at[n & 1];\none@:\n\tsink(at);\ntwo@:",
                              "if (n < 0)\n\t\t__builtin_trap();", "_Alignas(64) char data[64];\n\n\tsink(data);"))


FRAMES = {
    "large-local": ([local_plain, local_inlined, local_in_block, local_initialised],
                    [local_just_below, local_static, local_removed, local_elsewhere]),
    "frame-limit": ([frame_one, frame_many, frame_inlined], [frame_below, frame_shared, frame_split]),
    "by-value": ([value_parameter, value_result, value_pointed], [value_small, value_by_pointer, value_inlined]),
    "frame-to-context": ([context_plain, context_inlined],
                         [context_two, context_little, context_dominated, context_shared]),
    "dynamic-frame": ([dynamic_array, dynamic_two, dynamic_alloca, dynamic_inlined, dynamic_block, dynamic_loop],
                      [fixed_alloca, fixed_folded, fixed_aligned, fixed_pointer, fixed_sizeof]),
    "variadic-format-buffer": ([format_plain, format_branches, format_loop, format_pieces], [format_kept, format_small, format_static]),
    "unmeasured": ([missing_header, unknown_type, moved_sp], [asm_beside, header_there, odd_but_fine]),
}
