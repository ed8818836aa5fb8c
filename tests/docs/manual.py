"""What stackcheck.1 and the tables say, taken apart. Used by check_docs.py and run_examples.py."""
import re


def sections(text, macro):
    """{title: lines} of a manual's .Sh (or .Ss) sections."""
    found, title = {}, None
    for line in text.splitlines():
        if line.startswith(f".{macro} "):
            title = line[4:]
            found[title] = []
        elif title is not None:
            found[title].append(line)
    return found


def items(lines):
    """[(head, body)] of the .It items in some lines; the body is one string."""
    found = []
    for line in lines:
        if line.startswith(".It "):
            found.append((line[4:], []))
        elif line.startswith((".El", ".Ss ", ".Sh ")):
            found.append((None, []))
        elif found:
            found[-1][1].append(line)
    return [(head, " ".join(body)) for head, body in found if head is not None]


def table(text, macro):
    """The argument lists of every MACRO(...) call in an X-macro file, comments left out."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    calls = []
    for start in re.finditer(rf"^{macro}\(", text, re.M):
        calls.append(arguments(text, start.end()))
    return calls


def arguments(text, at):
    """Splits a macro's arguments at top-level commas, up to its closing bracket."""
    found, depth, quoted, begin = [], 0, None, at
    while True:
        c = text[at]
        if quoted:
            at += c == "\\"
            quoted = None if c == quoted else quoted
        elif c in "\"'":
            quoted = c
        elif c == "(":
            depth += 1
        elif c == ")" and depth:
            depth -= 1
        elif c in ",)":
            found.append(text[begin:at].strip())
            begin = at + 1
            if c == ")":
                return found
        at += 1


def string(token):
    """The value of a C string or character constant; None for NULL and 0."""
    if token in ("NULL", "0"):
        return None
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', token)) or token.strip("'")
