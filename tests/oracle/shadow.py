"""
A trace of valgrind's lackey (every instruction, load and store) -> what the stack really did.

At a function's entry the store just before it is the return address, so the address of that store is SP at entry. A
shadow stack of entries gives every edge caller -> callee with its depth; no frame pointer, unwind table or debug
information is believed. What lackey cannot show is SP between entries: a frame is seen through calls and stores only.

* an entry without such a store is a jump: a tail call, unless it comes from the same function (a loop);
* a return pops by the address that it loads; after a longjmp stale frames are popped by function and by SP;
* code that is not the program's own is "outside": calls into it end an edge, calls out of it are callbacks. A linker's
  stub between two own functions is no end.
"""
from binary import CALL, RETURN, RETURN_THUNK

# A store further below a frame's beginning than this is not into the stack; the stack itself is 8 MiB at most.
FAR = 1 << 20
# A linker's stub is done after so many lines of trace.
STUB_LINES = 8


class Frame:
    __slots__ = ("entry", "sp", "lowest", "by_jump", "left")

    def __init__(self, entry, sp, by_jump):
        self.entry, self.sp, self.by_jump = entry, sp, by_jump
        self.lowest = sp  # deepest SP or store seen here and below
        self.left = False  # it has jumped out: it never runs again


class Seen:
    """What one run showed. Depths are SP at the caller's entry minus SP at the callee's entry."""

    def __init__(self):
        self.edges = {}  # (caller, callee, address of the call) -> set of depths
        self.tails = {}  # (caller, callee, address of the jump) -> set of depths
        self.tails_of = {}  # (caller, callee) -> the sets of depths of its jumps
        self.stubs = set()  # the addresses of calls and jumps that went through a stub
        self.outside = {}  # (caller, address of the call) -> set of depths
        self.outside_tails = set()  # (caller, address of the jump)
        self.callbacks = set()  # entries that outside code called
        self.entered = set()
        self.extent = {}  # function -> bytes from the CFA to its own deepest store or call
        self.total = {}  # function -> bytes from the CFA to the deepest SP of it and all that it calls
        self.lines = 0


class TraceError(Exception):
    """The shadow stack lost its track: the oracle is at fault, not the program or the report."""


class Shadow:
    def __init__(self, binary, word):
        self.binary, self.word = binary, word
        self.seen = Seen()
        self.stack = []
        self.previous = None  # own instruction before this one, or None for outside
        self.store = None  # address of the last store of the instruction before
        self.lines = 0
        self.returning = False  # in outside code that only returns
        self.leaving = None  # (own instruction, SP, line) of the way out that may yet turn out to be a linker's stub

    # Frames

    def pop(self):
        frame = self.stack.pop()
        total = self.seen.total
        total[frame.entry] = max(total.get(frame.entry, 0), frame.sp + self.word - frame.lowest)
        if self.stack and frame.lowest < self.stack[-1].lowest:
            self.stack[-1].lowest = frame.lowest
        return frame

    def push(self, entry, sp, by_jump):
        self.stack.append(Frame(entry, sp, by_jump))
        self.seen.entered.add(entry)

    def pop_to(self, function):
        """Control is in this function without a call: what lies above its frame is gone."""
        while self.stack and (self.stack[-1].left or self.stack[-1].entry != function):
            self.pop()
        if not self.stack:
            raise TraceError(f"control came to {function:#x}, which was not entered")

    def note_extent(self, frame, size):
        if size > self.seen.extent.get(frame.entry, 0):
            self.seen.extent[frame.entry] = size

    # Events

    def entry(self, address, by_call_from, sp):
        """A call of an own function; by_call_from: own call instruction, or None for outside."""
        while self.stack and self.stack[-1].sp <= sp:
            self.pop()
        if by_call_from is None:
            self.seen.callbacks.add(address)
        else:
            caller = self.caller(by_call_from, sp)
            self.seen.edges.setdefault((caller.entry, address, by_call_from), set()).add(caller.sp - sp)
        self.push(address, sp, False)

    def caller(self, call, sp):
        """The frame of an own call instruction, with its extent noted."""
        self.pop_to(self.binary.function_of[call])
        frame = self.stack[-1]
        self.note_extent(frame, frame.sp - sp)
        frame.lowest = min(frame.lowest, sp + self.word)
        return frame

    def jump(self, address, source):
        """An entry without a return address pushed."""
        if source is None:
            raise TraceError(f"outside code jumped to {address:#x}")
        frame = self.stack[-1]
        if frame.entry == address:
            return
        frame.left = True
        key = (frame.entry, address, source)
        if key not in self.seen.tails:
            self.seen.tails[key] = set()
            self.seen.tails_of.setdefault(key[:2], []).append(self.seen.tails[key])
        self.push(address, frame.sp, True)

    def returned(self, sp):
        """An own return that took its address from sp."""
        while self.stack and self.stack[-1].sp < sp and not self.stack[-1].by_jump:
            self.pop()
        chain = [self.pop()]
        while chain[-1].by_jump:
            chain.append(self.pop())
        self.note_tail_depths(chain, sp)
        if chain[-1].sp != sp and len(chain) == 1:
            raise TraceError(f"{chain[0].entry:#x} was entered with SP {chain[0].sp:#x}, but returns at {sp:#x}")

    def note_tail_depths(self, chain, sp):
        """One depth for a whole chain of jumps: where it began minus where the last one returned."""
        if len(chain) > 1:
            for callee, caller in zip(chain, chain[1:]):
                for depths in self.seen.tails_of[caller.entry, callee.entry]:
                    depths.add(chain[-1].sp - sp)

    def outside(self, source, sp):
        """Control left the own code for good after the own instruction `source`."""
        if self.binary.kinds[source] == CALL:
            caller = self.caller(source, sp)
            self.seen.outside.setdefault((caller.entry, source), set()).add(caller.sp - sp)
        else:
            self.stack[-1].left = True
            self.seen.outside_tails.add((self.stack[-1].entry, source))

    def settle(self, address):
        """Own code goes on at `address` after outside code. True: a stub had led there, and it was an entry."""
        if not self.leaving:
            return False
        source, sp, line = self.leaving
        self.leaving = None
        by_stub = self.store is None and self.lines - line < STUB_LINES and address in self.binary.names
        if by_stub:
            self.seen.stubs.add(source)
        if not by_stub:
            self.outside(source, sp)
        elif self.binary.kinds[source] == CALL:
            self.entry(address, source, sp)
        else:
            self.jump(address, source)
        return by_stub

    def instruction(self, address):
        """An own instruction begins."""
        source, sp = self.previous, self.store
        function = self.binary.function_of[address]
        if source is None and self.settle(address):
            return
        if address == function:
            if sp is not None and (source is None or self.binary.kinds[source] == CALL):
                self.entry(address, source, sp)
                return
            if source is None or self.binary.kinds[source] != RETURN:
                self.jump(address, source)
                return
        if not self.stack or self.stack[-1].entry != function or self.stack[-1].left:
            self.pop_to(function)

    def access(self, address, letter, size):
        """A load (L), store (S) or both (M) of the own instruction self.previous."""
        kind = self.binary.kinds[self.previous]
        if kind == RETURN:
            self.returned(address)
        elif kind != CALL and letter != "L" and self.previous not in self.binary.storeless:
            frame = self.stack[-1]
            below = frame.sp + self.word - address
            if 0 < below < FAR:
                self.note_extent(frame, below)
                frame.lowest = min(frame.lowest, address)
        if letter == "S" and size == self.word:
            self.store = address

    def read(self, lines):
        """Reads the whole trace, a line at a time, and returns what was seen."""
        own = self.binary.function_of
        for line in lines:
            self.lines += 1
            start = line[:3]
            if start == "I  ":
                address = int(line[3:line.index(",")], 16)
                if address in own:
                    self.instruction(address)
                    self.previous = address
                elif self.previous is not None:
                    kind = self.binary.kinds[self.previous]
                    self.returning = kind == RETURN_THUNK
                    if kind not in (RETURN, RETURN_THUNK):
                        self.leaving = self.previous, self.store, self.lines
                    self.previous = None
                self.store = None
            elif start in (" S ", " M ", " L "):
                if self.previous is not None:
                    place, _, size = line[3:].partition(",")
                    self.access(int(place, 16), start[1], int(size))
                elif self.returning and start == " L ":
                    self.returned(int(line[3:line.index(",")], 16))
                    self.returning = False
                elif start == " S ":
                    self.store = int(line[3:line.index(",")], 16)
        self.settle(0)
        while self.stack:
            self.pop()
        self.seen.lines = self.lines
        return self.seen
