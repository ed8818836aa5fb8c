"""What a run showed, held against the report of the same program. Everything is bytes."""
import collections
import os

# Kinds of frames whose bytes are no limit.
FLOORS = ("dynamic", "unmeasured")


class Report:
    """The JSON report, by symbol; the function that a symbol or an alias of it names."""

    def __init__(self, report):
        self.functions = {function["symbol"]: function for function in report["functions"]}
        self.by_unit = {(os.path.basename(function["unit"]), function["symbol"]): function
                        for function in report["functions"]}
        self.by_id = {function["id"]: function for function in report["functions"]}
        self.entries = {entry["id"] for entry in report["entries"]}

    def find(self, symbols, source):
        """Two sources may have a static function of the same name."""
        own = (self.by_unit.get((source, s), self.functions.get(s)) for s in sorted(symbols))
        return next((function for function in own if function), None)


def sites(function, line, wanted):
    """The calls of a function on a line that `wanted` accepts."""
    return [call for call in function["calls"] if call["line"] == line and wanted(call)]


class Comparison:
    def __init__(self, binary, seen, report):
        self.binary, self.seen, self.report = binary, seen, report
        self.wrong = []
        self.evidence = {}  # evidence -> seen edges believed for it, at best
        self.weak = []  # edges that only their signature speaks for
        self.edges = collections.Counter()  # (through a pointer, found) -> seen edges
        self.equal = self.below = self.unknown = 0
        self.frames_equal = self.frames_below = self.frames_unknown = 0
        addresses = {key[-1] for table in (seen.edges, seen.tails, seen.outside, seen.outside_tails) for key in table}
        self.lines = binary.lines(addresses) if addresses else {}

    def function(self, address):
        return self.report.find(self.binary.names[address], self.binary.sources[address])

    def name(self, address):
        return min(self.binary.names[address])

    def complain(self, place, text):
        line = f":{self.lines[place]}" if place in self.lines else ""
        self.wrong.append(f"{self.name(self.binary.owner(place))}{line} ({place:#x}): {text}")

    def check_depths(self, place, function, calls, depths, what):
        """A seen depth is one of the site's where the frame is fixed, never above it where it is bounded, and never below
        it where it is a floor (but where SP is rounded down: the worst rounding is counted, and need not be seen)."""
        static = {call["depth_bytes"] for call in calls}
        kind = function["frame"]["kind"]
        fixed = kind == "fixed"
        if None in static:
            self.unknown += len(depths)
            if fixed:
                self.complain(place, f"{what}: no depth in a function whose frame is fixed; seen {sorted(depths)}")
            return
        for depth in sorted(depths):
            self.equal += depth in static
            self.below += depth not in static
            if kind in FLOORS:
                wrong = depth < min(static) and self.binary.owner(place) not in self.binary.aligning
            else:
                wrong = depth > max(static) or (fixed and depth not in static)
            if wrong:
                self.complain(place, f"{what}: seen {depth}, reported {sorted(static)}, frame {kind}")

    def chosen_calls(self, function, place, target):
        """Calls of an ifunc: what one reaches is known when the program starts, so an unknown external is the right answer,
        as long as the function that was chosen may be called by anybody."""
        if target["id"] not in self.report.entries:
            return []
        return sites(function, self.lines[place],
                     lambda call: call["to"] is None and call.get("symbol") in self.binary.chosen_at_start)

    def check_edge(self, key, depths, tail):
        caller, callee, place = key
        function, target = self.function(caller), self.function(callee)
        if not function or not target:
            return  # check_functions() has said so
        what = f"{'tail call' if tail else 'call'} of {self.name(callee)}"
        found = sites(function, self.lines[place], lambda call: call["to"] == target["id"])
        if not found and place in self.seen.stubs:
            found = self.chosen_calls(function, place, target)
        self.edges[place in self.binary.indirect, bool(found)] += 1
        if not found:
            here = [f"{call['kind']} {call['to'] or call.get('symbol')} {call['evidence']}"
                    for call in sites(function, self.lines[place], lambda call: True)]
            self.complain(place, f"{what} is not in the report; on this line are {here}")
            return
        found_kind = [call for call in found if call.get("tail", False) == tail]
        if not found_kind:
            self.complain(place, f"{what} is reported as {'a call' if tail else 'a tail call'}")
            return
        best = sorted({call["evidence"] for call in found_kind} - {"signature"})
        evidence = best[0] if best else "signature"
        self.evidence[evidence] = self.evidence.get(evidence, 0) + 1
        if not best:
            self.weak.append(f"{self.name(caller)}:{self.lines[place]} -> {self.name(callee)}")
        self.check_depths(place, function, found_kind, depths, what)

    def check_outside(self, place, depths, tail):
        function = self.function(self.binary.owner(place))
        if not function:
            return
        found = sites(function, self.lines[place], lambda call: call["to"] is None and call.get("tail", False) == tail)
        if not found:
            self.complain(place, f"a {'tail ' if tail else ''}call out of the program is not in the report")
            return
        self.check_depths(place, function, found, depths, "call out of the program")

    def check_frame(self, address):
        """No store or call below the frame, and no path deeper than the depth where that is exact."""
        function = self.function(address)
        frame, depth = function["frame"], function["depth"]
        extent, total = self.seen.extent.get(address, 0), self.seen.total.get(address, 0)
        if frame["kind"] in FLOORS:
            self.frames_unknown += 1
            if depth["bound"] == "exact":
                self.complain(address, f"its depth is exact, its frame is {frame['kind']}")
        elif frame["bytes"] is None:
            self.complain(address, f"its frame is {frame['kind']}, but no number")
        elif extent > frame["bytes"]:
            self.complain(address, f"reaches {extent} below its CFA, its frame is {frame['bytes']} {frame['kind']}")
        else:
            self.frames_equal += extent == frame["bytes"]
            self.frames_below += extent < frame["bytes"]
        if depth["bound"] == "exact" and total > depth["bytes"]:
            self.complain(address, f"took {total} with all that it calls, its depth is {depth['bytes']} exact")

    def check_functions(self):
        for address in self.binary.starts:
            if not self.function(address):
                self.complain(address, "the function is not in the report")
            elif address in self.seen.entered:
                self.check_frame(address)
        for address in sorted(self.seen.callbacks):
            function = self.function(address)
            if function and function["id"] not in self.report.entries:
                self.complain(address, "is called from outside the program, but is no entry point")

    def run(self):
        self.check_functions()
        for key, depths in sorted(self.seen.edges.items()):
            self.check_edge(key, depths, False)
        for key, depths in sorted(self.seen.tails.items()):
            self.check_edge(key, depths, True)
        for (_, place), depths in sorted(self.seen.outside.items()):
            self.check_outside(place, depths, False)
        for _, place in sorted(self.seen.outside_tails):
            self.check_outside(place, {0}, True)

    def figures(self):
        seen = self.seen
        evidence = ", ".join(f"{n} {word}" for word, n in sorted(self.evidence.items()))
        return [
            f"{len(seen.entered)} of {len(self.binary.starts)} functions entered, {seen.lines} lines of trace",
            f"{len(seen.edges)} calls, {len(seen.tails)} tail calls, {len(seen.outside) + len(seen.outside_tails)} "
            f"calls out, {len(seen.callbacks)} callbacks; evidence: {evidence}",
            f"depths: {self.equal} equal, {self.below} otherwise, {self.unknown} unknown; "
            f"frames: {self.frames_equal} reached, {self.frames_below} larger, {self.frames_unknown} without a limit",
        ] + [f"by signature only: {edge}" for edge in self.weak] + [
            f"{function['frame']['kind']}: {function['name']}: {function['frame']['note']}"
            for function in map(self.function, self.binary.starts) if function and function["frame"]["kind"] in FLOORS]


def plant_frame(comparison):
    """A frame that was seen down to its last byte becomes 8 smaller."""
    for address, extent in sorted(comparison.seen.extent.items()):
        frame = comparison.function(address)["frame"]
        if frame["kind"] == "fixed" and frame["bytes"] == extent:
            frame["bytes"] -= 8
            return comparison.name(address)
    raise LookupError("no frame to plant an error at")


def plant(kind, comparison):
    """Puts an error into the report, and says where: a frame 8 bytes small, or, at a seen edge whose caller has a fixed
    frame, a depth 8 bytes low, or the edge gone."""
    if kind == "frame":
        return plant_frame(comparison)
    for key in sorted(comparison.seen.edges):
        caller, callee, place = key
        function, target = comparison.function(caller), comparison.function(callee)
        if not function or not target or function["frame"]["kind"] != "fixed":
            continue
        found = sites(function, comparison.lines[place], lambda call, to=target["id"]: call["to"] == to)
        if not found or any(call["depth_bytes"] is None for call in found):
            continue
        for call in found:
            if kind == "depth":
                call["depth_bytes"] -= 8
            else:
                function["calls"].remove(call)
        return f"{comparison.name(caller)}:{comparison.lines[place]} -> {comparison.name(callee)}"
    raise LookupError("no edge to plant an error at")
