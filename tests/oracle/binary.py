"""The linked program: where its own functions lie, what each instruction is, which line it comes from."""
import bisect
import os
import re
import subprocess

CALL, RETURN, RETURN_THUNK, OTHER = "call", "return", "jump to a return", "other"
PREFIXES = {"notrack", "bnd", "addr32", "data16", "cs", "ds", "rep", "repz", "repnz", "lock"}
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\t(.*)$")
# valgrind works these out in memory below the stack; the processor stores nothing.
TESTS_REGISTER = re.compile(r"^bt[src]?[wlq]?\s+[^,(]+,%\w+$")
ALIGNS_STACK = re.compile(r"^and\w*\s+\$0x[0-9a-f]+,%[re]sp$")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout


def own_symbols(source_names, path, own_globals):
    """[(address, size, name, source name)] of the functions that the sources define: a source's locals stand behind its
    FILE symbol, its globals are told by its object's names (name -> source name)."""
    found, inside = [], None
    for line in output("readelf", "-sW", path).splitlines():
        words = line.split()
        if len(words) < 8 or not words[0].rstrip(":").isdigit():
            continue
        size, kind, bind, name = int(words[2], 0), words[3], words[4], words[7]
        if kind == "FILE":
            inside = name if name in source_names else None
        elif kind == "FUNC" and (inside if bind == "LOCAL" else name in own_globals):
            found.append((int(words[1], 16), size, name, inside if bind == "LOCAL" else own_globals[name]))
    return found


def global_functions(path):
    """Names of the global and weak functions that an object defines."""
    names = set()
    for line in output("readelf", "-sW", path).splitlines():
        words = line.split()
        if len(words) >= 8 and words[3] == "FUNC" and words[4] != "LOCAL" and words[6] != "UND":
            names.add(words[7])
    return names


def joined(ranges):
    """Ranges of addresses, near ones made one: starting objdump costs more than decoding a gap."""
    result = []
    for start, end in ranges:
        if result and start - result[-1][1] < 4096:
            result[-1][1] = end
        else:
            result.append([start, end])
    return result


class Binary:
    """The functions of a program's own sources inside the linked program; parts: [(source, its object)]."""

    def __init__(self, parts, path):
        self.path = path
        self.names = {}  # entry address -> every symbol there
        self.sources = {}  # entry address -> file name of the source that defines it
        own_globals = {name: os.path.basename(source) for source, object_path in parts
                       for name in global_functions(object_path)}
        ranges = {}
        for address, size, name, source in own_symbols({os.path.basename(s) for s, _ in parts}, path, own_globals):
            self.names.setdefault(address, set()).add(name)
            self.sources[address] = source
            ranges[address] = address + size
        self.starts = sorted(ranges)
        self.ends = [ranges[start] for start in self.starts]
        self.kinds = {}  # address of an own instruction -> CALL, RETURN, RETURN_THUNK, OTHER
        self.storeless = set()  # addresses of own instructions whose stores in a trace are valgrind's
        self.indirect = set()  # addresses of own calls and jumps through a pointer
        self.function_of = {}  # address of an own instruction -> entry address of its function
        self.aligning = set()  # entry addresses of functions that round SP down: how far depends on their callers
        self.chosen_at_start = {words[7] for _, object_path in parts
                                for line in output("readelf", "-sW", object_path).splitlines()
                                if len(words := line.split()) >= 8 and words[3] == "IFUNC"}
        self.read_instructions()

    def owner(self, address):
        """Entry address of the own function that an address lies in, or None."""
        i = bisect.bisect_right(self.starts, address) - 1
        return self.starts[i] if i >= 0 and address < self.ends[i] else None

    def read_instructions(self):
        for start, end in joined(zip(self.starts, self.ends)):
            text = output("objdump", "-d", "--no-show-raw-insn", f"--start-address={start}",
                          f"--stop-address={end}", self.path)
            for line in text.splitlines():
                found = INSTRUCTION.match(line)
                owner = self.owner(int(found[1], 16)) if found else None
                if owner is None:
                    continue
                words = [word for word in found[2].split() if word not in PREFIXES] or [""]
                address = int(found[1], 16)
                self.function_of[address] = owner
                if TESTS_REGISTER.match(found[2].strip()):
                    self.storeless.add(address)
                if words[-1].startswith("*"):
                    self.indirect.add(address)
                if ALIGNS_STACK.match(found[2].strip()):
                    self.aligning.add(owner)
                self.kinds[address] = (CALL if words[0].startswith("call") else
                                       RETURN if words[0].startswith("ret") else
                                       RETURN_THUNK if words[-1] == "<__x86_return_thunk>" else OTHER)

    def lines(self, addresses):
        """{address: line number or None} by the line table."""
        addresses = sorted(addresses)
        done = subprocess.run(["addr2line", "-e", self.path], input="".join(f"{a:#x}\n" for a in addresses),
                              check=True, capture_output=True, text=True)
        numbers = [line.split(" ")[0].rpartition(":")[2] for line in done.stdout.splitlines()]
        return {a: int(n) if n.isdigit() and int(n) else None for a, n in zip(addresses, numbers)}
