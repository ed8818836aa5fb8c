"""Pairs of sources, before and after a change: what grows beyond what may grow, and what only looks like it."""
from maker import EXTERNS

HEAD = "__attribute__((noinline)) static int deep@(int n)\n{\n\tchar d[%d];\n\n\tsink(d);\n\treturn d[n];\n}\n"
KEEP = "__attribute__((noinline)) "


def entry(body, before=""):
    return f"{EXTERNS}{before}\nint entry@(int n)\n{{\n\t{body}\n}}\n"


def buffer(size):
    return f"char b[{size}];\n\n\tsink(b);\n\treturn b[n];"


def larger_buffer(m):
    size = m.size(64, 400, 16)
    return entry(buffer(size)), entry(buffer(size + m.size(320, 1200, 16)))


def new_buffer(m):
    size = m.size(64, 400, 16)
    more = m.size(320, 1200, 16)
    return entry(buffer(size)), entry(f"char b[{size}], c[{more}];\n\n\tsink(b);\n\tsink(c);\n\treturn b[n] + c[n];")


def new_call(m):
    size = m.size(64, 200, 16)
    deep = HEAD % m.size(700, 1500, 16)
    return entry(buffer(size), deep), entry(buffer(size).replace("sink(b);", "sink(b);\n\tsink((void *)(long)deep@(n));"), deep)


def larger_structure(m):
    size = m.size(64, 400, 16)
    more = size + m.size(320, 1200, 16)
    text = "struct state@ {\n\tint kind;\n\tchar data[%d];\n};\n"
    body = "struct state@ s;\n\n\tsink(&s);\n\treturn s.kind + n;"
    return entry(body, text % size), entry(body, text % more)


def deeper_below(m):
    deep = m.size(64, 400, 16)
    body = "return deep@(n) + 1;"
    return entry(body, HEAD % deep), entry(body, HEAD % (deep + m.size(320, 1200, 16)))


def inlined_now(m):
    """What was a call on a side path becomes part of the frame under the deep one."""
    size = m.size(400, 900, 16)
    deep = HEAD % m.size(500, 900, 16)
    text = "static int side@(int n)\n{\n\tchar s[%d];\n\n\tsink(s);\n\treturn s[n];\n}\n" % size
    body = "int r = side@(n);\n\n\treturn r + deep@(r) + 1;"
    return entry(body, deep + KEEP + text), entry(body, deep + "__attribute__((always_inline)) inline " + text)


def only_lines(m):
    size = m.size(64, 900, 16)
    lines = "/* A comment. */\n" * m.size(1, 40)
    return entry(buffer(size)), lines + entry(buffer(size))


def smaller(m):
    size = m.size(400, 900, 16)
    return entry(buffer(size)), entry(buffer(m.size(64, 390, 16)))


def a_little_more(m):
    size = m.size(64, 400, 16)
    return entry(buffer(size)), entry(buffer(size + m.size(16, 224, 16)))


def another_name(m):
    size = m.size(64, 900, 16)
    return entry(buffer(size)), entry(buffer(size).replace("b[", "buffer[").replace("(b)", "(buffer)"))


def new_function(m):
    """It is new, not grown."""
    size = m.size(64, 400, 16)
    more = "\nint another@(int n)\n{\n\tchar c[%d];\n\n\tsink(c);\n\treturn c[n];\n}\n" % m.size(320, 900, 16)
    return entry(buffer(size)), entry(buffer(size)) + more


def beside_the_worst_path(m):
    """A call that is less deep than the one that is there."""
    deep = HEAD % m.size(900, 1500, 16)
    other = "__attribute__((noinline)) static int other@(int n)\n{\n\tchar o[%d];\n\n\tsink(o);\n\treturn o[n];\n}\n" % m.size(320, 700, 16)
    return entry("return deep@(n) + 1;", deep + other.replace(" static", "")), \
        entry("return deep@(n) + other@(n) + 1;", deep + other.replace(" static", ""))


GROWTH = (
    [larger_buffer, new_buffer, new_call, larger_structure, deeper_below, inlined_now],
    [only_lines, smaller, a_little_more, another_name, new_function, beside_the_worst_path],
)
