"""Faults and near misses of rules about paths, calls, and what is said about them."""
from maker import EXTERNS, chain, function


def names(n):
    return [f"{word}@" for word in ("open", "read", "map", "walk", "send", "seal", "flush", "sign", "copy", "end")[:n]]


# path-budget
def path_direct(m):
    n = m.size(2, 8)
    return chain(m, names(n), [m.path // n + m.size(0, 300, 8) for _ in range(n)])


def path_table(m):
    """Through a structure of operations."""
    half = m.path // 2 + m.size(0, 300, 8)
    return (f"{EXTERNS}struct ops@ {{\n\tint (*run)(int n);\n}};\n\nstatic int deep@(int n)\n{{\n\tchar b[{half}];\n\n\tsink(b);\n"
            f"\treturn probe(n);\n}}\n\nstatic const struct ops@ ops@ = {{.run = deep@}};\nconst struct ops@ *volatile the_ops@ = &ops@;\n\n"
            f"int {m.name()}(int n)\n{{\n\tchar b[{half}];\n\n\tsink(b);\n\tn += the_ops@->run(n);\n\tsink(b);\n\treturn n;\n}}\n")


def path_argument(m):
    """Through a callback that is passed along."""
    half = m.path // 2 + m.size(0, 300, 8)
    return (f"{EXTERNS}\nstatic int deep@(int n)\n{{\n\tchar b[{half}];\n\n\tsink(b);\n\treturn probe(n);\n}}\n\n"
            f"__attribute__((noinline)) static int each@(int (*f)(int), int n)\n{{\n\tchar b[{half}];\n\n\tsink(b);\n"
            f"\tfor (int i = 0; i < n; i++)\n\t\tn += f(i);\n\tsink(b);\n\treturn n;\n}}\n\n"
            f"int {m.name()}(int n)\n{{\n\treturn each@(deep@, n) + 1;\n}}\n")


def path_below(m):
    n = m.size(2, 6)
    return chain(m, names(n), [m.path // n - m.size(120, 200, 8) for _ in range(n)])


def path_siblings(m):
    """One after the other, so only the deeper one counts."""
    each = m.size(m.path * 5 // 9, m.path - 400, 8)
    helpers = "".join(f"\n__attribute__((noinline)) static void part{i}@(void)\n{{\n\tchar b[{each}];\n\n\tsink(b);\n}}\n"
                      for i in range(3))
    return function(m, "part0@();\n\tpart1@();\n\tpart2@();", helpers)


def path_tail(m):
    """The frame is gone when the last call is made."""
    each = m.size(m.path * 5 // 9, m.path - 400, 8)
    text = f"{EXTERNS}volatile int state@;\n"
    for i in range(3):
        then = f"return step{i - 1}@();" if i else "return state@;"
        text += (f"\n__attribute__((noinline)) int step{i}@(void)\n{{\n\tvolatile char b[{each}];\n\n\tb[state@ & 7] = 1;\n"
                 f"\tstate@ += b[3];\n\t{then}\n}}\n")
    return text


# recursion
def recursion_self(m):
    call = m.pick("n += walk@(p[0], n - 1);", "for (int i = 0; p[i]; i++)\n\t\tn += walk@(p[i], n);",
                  "if (n > 1)\n\t\tn += walk@(p[0], n - 1) + walk@(p[1], n - 2);",
                  "switch (n) {\n\tcase 3: n += walk@(p[1], n); break;\n\tdefault: n = probe(n); break;\n\t}")
    return f"{EXTERNS}\nint walk@(void **p, int n)\n{{\n\tchar b[{m.size(8, 64)}];\n\n\tsink(b);\n\t{call}\n\tsink(b);\n\treturn n;\n}}\n".replace(
        "walk@(p[", "walk@((void **)p[")


def recursion_mutual(m):
    n = m.size(2, 4)
    return chain(m, names(n), [m.size(16, 64) for _ in range(n)], tail=f"n += {names(1)[0]}(n - 1);")


def recursion_inlined(m):
    """One function of the circle is in the other."""
    return (f"{EXTERNS}int outer@(void *p, int n);\n\nstatic inline int inner@(void *p, int n)\n{{\n"
            f"\treturn n > {m.size(1, 9)} ? outer@(p, n - 1) : probe(n);\n}}\n\n"
            f"int outer@(void *p, int n)\n{{\n\tsink(p);\n\tn += inner@(p, n) * 3;\n\tsink(p);\n\treturn n;\n}}\n")


def recursion_field(m):
    return (f"{EXTERNS}struct dev@;\nstruct ops@ {{\n\tint (*submit)(struct dev@ *d, int n);\n}};\nstruct dev@ {{\n"
            f"\tconst struct ops@ *ops;\n\tstruct dev@ *lower;\n}};\n\nstatic int submit@(struct dev@ *d, int n)\n{{\n"
            f"\treturn d->lower->ops->submit(d->lower, n + {m.size(1, 9)}) + 1;\n}}\n\nconst struct ops@ stacked@ = {{.submit = submit@}};\n")


def recursion_tail(m):
    """A loop in the code."""
    return m.pick(f"int count@(const char *s, int n)\n{{\n\treturn *s ? count@(s + {m.size(1, 4)}, n + 1) : n;\n}}\n",
                  f"unsigned gcd@(unsigned a, unsigned b)\n{{\n\treturn b ? gcd@(b, a % b) : a;\n}}\n",
                  f"int last@(int n)\n{{\n\tif (n < {m.size(2, 9)})\n\t\treturn n;\n\treturn last@(n / 2);\n}}\n")


def recursion_none(m):
    n = m.size(2, 6)
    return chain(m, names(n), [m.size(16, 64) for _ in range(n)])


def recursion_other(m):
    """Its own name, and nothing that runs."""
    return m.pick(
        f"{EXTERNS}\nint size@(int n)\n{{\n\tsink(&n);\n\treturn n + (int)sizeof(size@(n));\n}}\n",
        f"{EXTERNS}\nvoid self@(int n)\n{{\n\tsink(&n);\n\tif (n)\n\t\tsink((void *)self@);\n}}\n",
        f"{EXTERNS}struct node@ {{\n\tstruct node@ *next;\n}};\nint list@(struct node@ *n)\n{{\n\tint sum = 0;\n\n"
        f"\tfor (; n; n = n->next)\n\t\tsum += probe(sum);\n\treturn sum;\n}}\n")


def recursion_fields(m):
    """One field of the table calls the other."""
    return (f"{EXTERNS}struct ops@ {{\n\tint (*outer)(const struct ops@ *o, int n);\n\tint (*inner)(const struct ops@ *o, int n);\n}};\n\n"
            f"static int inner@(const struct ops@ *o, int n)\n{{\n\tsink((void *)o);\n\treturn n + {m.size(1, 9)};\n}}\n\n"
            f"static int outer@(const struct ops@ *o, int n)\n{{\n\treturn o->inner(o, n) * 2;\n}}\n\n"
            f"const struct ops@ ops@ = {{.outer = outer@, .inner = inner@}};\n")


# unknown-external
def external_called(m):
    return function(m, m.flow("far@(n);"), m.pick("void far@(int n);\n", "extern int far@(int n);\n", "int far@();\n"))


def external_inlined(m):
    return function(m, "helper@(n);", "void far@(int n);\nstatic inline void helper@(int n)\n{\n\tfar@(n);\n\tprobe(n);\n}\n")


def external_tail(m):
    return f"int far@(int n);\n\nint {m.name()}(int n)\n{{\n\treturn far@(n + {m.size(1, 9)});\n}}\n"


def quiet(text):
    """Without the externals of the other templates, whose cost nobody knows."""
    return text.replace("sink(", "priced_sink(").replace("probe(", "priced_probe(")


def external_priced(m):
    return quiet(function(m, m.flow("sink(&n);")))


def external_defined(m):
    return quiet(function(m, "n += near@(n);", f"__attribute__((noinline)) static int near@(int n)\n{{\n\treturn n * {m.size(3, 9)};\n}}\n"))


def external_none(m):
    return m.pick(f"int sum@(const int *p, int n)\n{{\n\tint s = {m.size(0, 9)};\n\n\twhile (n--)\n\t\ts += p[n];\n\treturn s;\n}}\n",
                  f"void far@(int n);\n\nvoid {m.name()}(int n)\n{{\n\tif (0)\n\t\tfar@(n);\n}}\n",
                  f"void far@(int n);\nint size@(void)\n{{\n\treturn (int)sizeof(&far@) + {m.size(0, 9)};\n}}\n")


# unresolved-call; the cases' own structures keep functions of other cases from fitting
def call_unset(m):
    return (f"{EXTERNS}struct box@;\nstruct hooks@ {{\n\tvoid (*notify)(struct box@ *b, int n);\n}};\n\nint {m.name()}(const struct hooks@ *h, struct box@ *b)\n"
            f"{{\n\tint n = {m.size(1, 9)};\n\n\t{m.flow('h->notify(b, n);')}\n\treturn n;\n}}\n")


def call_extern(m):
    how = m.pick("extern void (*hook@)(struct box@ *b);\n", "extern void (*hook@[4])(struct box@ *b);\n",
                 "extern struct {\n\tvoid (*run)(struct box@ *b);\n} hook@;\n")
    call = "hook@[1](b);" if "[4]" in how else "hook@.run(b);" if "run" in how else "hook@(b);"
    return f"struct box@;\n{how}\nint {m.name()}(struct box@ *b)\n{{\n\t{call}\n\treturn 1;\n}}\n"


def call_returned(m):
    return (f"struct box@;\ntypedef int handler@(struct box@ *b, int n);\nhandler@ *lookup@(int n);\n\n"
            f"int {m.name()}(struct box@ *b, int n)\n{{\n\treturn lookup@(n)(b, {m.size(1, 9)}) + 1;\n}}\n")


def call_known(m):
    return (f"{EXTERNS}struct box@;\n\nstatic void note@(struct box@ *b)\n{{\n\tsink(b);\n}}\n\n" + m.pick(
        "static void (*hook@)(struct box@ *b);\n\nvoid set@(void)\n{\n\thook@ = note@;\n}\n\n"
        "void run@(struct box@ *b)\n{\n\thook@(b);\n}\n",
        "struct ops@ {\n\tvoid (*run)(struct box@ *b);\n};\nstatic const struct ops@ ops@ = {note@};\n"
        "const struct ops@ *volatile the_ops@ = &ops@;\n\nvoid run@(struct box@ *b)\n{\n\tthe_ops@->run(b);\n}\n",
        "static void other@(struct box@ *b)\n{\n\tprobe(2);\n\tsink(b);\n}\n\nvoid run@(struct box@ *b, int n)\n{\n"
        "\tvoid (*f)(struct box@ *b) = n ? note@ : other@;\n\n\tf(b);\n\tprobe(n);\n}\n",
        "__attribute__((noinline)) static void each@(void (*f)(struct box@ *b), struct box@ *b)\n{\n\tf(b);\n\tprobe(1);\n}\n\n"
        "void run@(struct box@ *b)\n{\n\teach@(note@, b);\n}\n",
        "typedef void task@(struct box@ *b);\n\nstatic void inner@(task@ f, struct box@ *b)\n{\n\tf(b);\n\tprobe(1);\n}\n\n"
        "__attribute__((noinline)) static void outer@(task@ f, struct box@ *b)\n{\n\tinner@(f, b);\n\tprobe(3);\n}\n\n"
        "void run@(struct box@ *b)\n{\n\touter@(note@, b);\n}\n",
        "typedef void task@(struct box@ *b);\nstruct ops@ {\n\tvoid (*keep)(task@ **list);\n};\nstatic task@ *volatile kept@;\n\n"
        "static void keep@(task@ **list)\n{\n\tkept@ = list[1];\n}\n\nstatic const struct ops@ ops@ = {keep@};\n"
        "const struct ops@ *volatile the_ops@ = &ops@;\n\nvoid set@(void)\n{\n\ttask@ *list[2] = {0, note@};\n\n\tthe_ops@->keep(list);\n}\n\n"
        "void run@(struct box@ *b)\n{\n\tkept@(b);\n\tprobe(2);\n}\n"))


def call_direct(m):
    return function(m, m.flow("n += near@(n);"), "__attribute__((noinline)) static int near@(int n)\n{\n\treturn probe(n) + 1;\n}\n")


# unused-annotation
def annotated(m, comment, body, before=""):
    how = m.pick(f"/* stackcheck: {comment} */", f"// stackcheck: {comment}")
    return f"{EXTERNS}{before}\n{how}\nint {m.name()}(int n)\n{{\n\t{body}\n\treturn probe(n);\n}}\n"


def annotation_wrong(m):
    return annotated(m, m.pick(f"recursion {m.size(2, 9)} because the tree is flat", "never nobody@", "targets nowhere@",
                               "not nobody@", f"frame {m.size(64, 640)} because it is checked", f"cost nobody@ {m.size(16, 99)}",
                               "only near@ through field:struct nowhere@.run"),
                     m.flow("sink(&n);"), "__attribute__((used)) static int near@(int n)\n{\n\treturn n;\n}\n")


def annotation_recursion(m):
    return (f"{EXTERNS}\n/* stackcheck: recursion {m.size(2, 9)} because the tree has few levels */\nint walk@(int n)\n{{\n"
            f"\tsink(&n);\n\treturn n ? walk@(n - 1) + probe(n) : 0;\n}}\n")


def annotation_frame(m):
    return annotated(m, f"frame {m.size(256, 512)} because n is checked above", "char data[n];\n\n\tsink(data);")


def annotation_targets(m):
    return (f"{EXTERNS}struct box@;\nextern void (*hook@)(struct box@ *b);\nvoid goal@(struct box@ *b)\n{{\n\tsink(b);\n}}\n\n"
            f"/* stackcheck: {m.pick('targets goal@', 'only goal@')} */\nvoid run@(struct box@ *b)\n{{\n\thook@(b);\n\tprobe(1);\n}}\n")


def imported(m):
    return m.pick("", "__declspec(dllimport) ") if m.target.startswith("windows") else ""


def annotation_other(m):
    return m.pick(annotated(m, "never hard@", m.flow("hard@(n);"), "void hard@(int n);\n"),
                  annotated(m, f"cost far@ {m.size(16, 200)}", m.flow("far@(n);"), imported(m) + "void far@(int n);\n"),
                  annotated(m, "entry boot code", m.flow("sink(&n);")))


# unused-suppression
def suppressed(m, until, size):
    rule = m.pick("large-local", "frame-limit")
    return annotated(m, f"allow {rule}{until} because it runs once", f"char data[{size}];\n\n\tsink(data);")


def suppression_idle(m):
    return suppressed(m, m.pick("", " until 2999-12-31"), m.size(16, m.local // 2))


def suppression_over(m):
    return suppressed(m, f" until 20{m.size(10, 20)}-0{m.size(1, 9)}-1{m.size(0, 9)}", m.size(m.frame, 2 * m.frame))


def suppression_used(m):
    return suppressed(m, m.pick("", " until 2999-12-31"), m.size(m.frame, 2 * m.frame))


def suppression_all(m):
    return annotated(m, f"allow {m.pick('large-*', '*-local')} because it runs once",
                     f"char data[{m.size(m.local, m.frame)}];\n\n\tsink(data);")


PATHS = {
    "path-budget": ([path_direct, path_table, path_argument], [path_below, path_siblings, path_tail]),
    "recursion": ([recursion_self, recursion_mutual, recursion_inlined, recursion_field],
                  [recursion_tail, recursion_none, recursion_other, recursion_fields]),
    "unknown-external": ([external_called, external_inlined, external_tail], [external_priced, external_defined, external_none]),
    "unresolved-call": ([call_unset, call_extern, call_returned], [call_known, call_direct]),
    "unused-annotation": ([annotation_wrong], [annotation_recursion, annotation_frame, annotation_targets, annotation_other]),
    "unused-suppression": ([suppression_idle, suppression_over], [suppression_used, suppression_all]),
}
