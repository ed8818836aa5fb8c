"""What templates of mutations are written with: seeded choices, sizes, declarations and control flow.

In a template '@' stands for the number of the case, so that no two cases share a name: struct box@, parse@.
"""
import random

# Bytes from which the rules speak, by target: a variable, a frame, a path.
LIMITS = {
    "linux-x86_64": (512, 2048, 8192),
    "linux-arm64": (512, 2048, 8192),
    "windows-x64": (256, 1024, 6144),
    "windows-x86": (256, 1024, 3072),
}
EXTERNS = "void sink(void *p);\nint probe(int n);\n"


class Maker:
    """One case: `kind` is "fault" or "near"; the same arguments give the same source."""

    def __init__(self, rule, kind, number, target):
        self.random = random.Random(f"{rule} {kind} {number}")
        self.number, self.target = number, target
        self.local, self.frame, self.path = LIMITS[target]
        self.mark = "_" + "".join(word[0] for word in rule.split("-")) + rule[-1] + kind[0] + str(number)

    def pick(self, *choices):
        return self.random.choice(choices)

    def size(self, low, high, step=1):
        """A number of bytes, low and high included, a multiple of step."""
        return self.random.randrange((low + step - 1) // step, high // step + 1) * step

    def name(self):
        return self.pick("parse", "read_block", "submit", "resolve", "probe_port", "fill", "handle", "reset") + "@"

    def linkage(self):
        """Keeps a function from being inlined or dropped."""
        return self.pick("", "__attribute__((noinline)) ", "__attribute__((used, noinline)) static ")

    def flow(self, statement):
        """The statement, within some control flow that may reach it."""
        return self.pick(
            statement,
            f"if (probe(1))\n\t\t{statement}",
            f"for (int i = 0; i < probe(2); i++)\n\t\t{statement}",
            f"do {{\n\t\t{statement}\n\t}} while (probe(3));",
            f"switch (probe(4)) {{\n\tcase 1: {statement} break;\n\tdefault: sink(0); break;\n\t}}",
            f"if (!probe(5))\n\t\tgoto out@;\n\t{statement}\nout@:\n\tprobe(6);",
            f"while (probe(7)) {{\n\t\tif (probe(8) > 3)\n\t\t\tcontinue;\n\t\t{statement}\n\t}}",
        )

    def variable(self, name, size):
        """(types in front, declaration) of an aggregate of `size` bytes, a multiple of 8."""
        return self.pick(
            ("", f"char {name}[{size}];"),
            ("", f"unsigned char {name}[{size // 8}][8];"),
            ("", f"long long {name}[{size // 8}];"),
            ("", f"unsigned short {name}[{size // 2}];"),
            (f"struct box_{name}@ {{\n\tint kind, length;\n\tchar data[{size - 8}];\n}};\n", f"struct box_{name}@ {name};"),
            (f"union view_{name}@ {{\n\tlong long words[{size // 8}];\n\tchar text[{size - 8}];\n}};\n",
             f"union view_{name}@ {name};"),
            (f"typedef struct {{\n\tchar first[{size // 2}], second[{size - size // 2}];\n}} pair_{name}@;\n",
             f"pair_{name}@ {name};"),
            (f"struct item_{name}@ {{\n\tint a, b;\n}};\n", f"struct item_{name}@ {name}[{size // 8}];"),
            (f"enum {{ SIZE_{name}@ = {size} }};\n", f"char {name}[SIZE_{name}@];"),
            (f"#define SIZE_{name}@ (2 * {size // 2})\n", f"char {name}[SIZE_{name}@];"),
        )

    def finish(self, text):
        return text.replace("@", self.mark)


def function(m, body, before=""):
    """A function that nothing can remove, around a body."""
    name = m.name()
    return f"{EXTERNS}{before}\n{m.linkage()}int {name}(int n)\n{{\n\t{body}\n\treturn probe(n);\n}}\n"


def chain(m, names, sizes, tail="sink(0);"):
    """Functions that call each other one way, the last one ends with `tail`; each has a buffer of its size."""
    text = EXTERNS
    for name in names:
        text += f"int {name}(int n);\n"
    for i, (name, size) in enumerate(zip(names, sizes)):
        call = f"n += {names[i + 1]}(n);" if i + 1 < len(names) else tail
        text += (f"\n__attribute__((noinline)) int {name}(int n)\n{{\n\tchar buffer[{size}];\n\n\tsink(buffer);\n\t"
                 f"{m.flow(call).replace('out@', f'out{i}@')}\n\tsink(buffer);\n\treturn n + probe({i});\n}}\n")
    return text
