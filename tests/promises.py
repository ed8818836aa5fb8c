#!/usr/bin/env python3
"""Does what path-budget advises to a copy of a bundled driver, scans again, and holds the path against what was promised.

    promises.py STACKCHECK linux|windows ENTRY BUDGET...

For every BUDGET: the changes that the finding about ENTRY names are made in the source, no others. The path must then be as
short as was said: no more than 16 bytes longer for every pointer that came instead of a variable, and not much shorter.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[1]
POINTER = 16  # bytes that the pointer to a moved variable may take, in whole stack alignments
SLACK = 128  # bytes that a frame may lose beside the variable: padding, the registers that its address was held in

LINUX = {
    ("outline", "sign_packet"): ("leg.c", [("static __always_inline u32 sign_packet", "static noinline u32 sign_packet")]),
    ("move", "sign_packet.header"): ("leg.c", [
        ('#include "mirrorblk.h"', '#include "mirrorblk.h"\n#include <linux/slab.h>'),
        ("\tchar header[1792];\n\tint n = snprintf(header, sizeof(header), ",
         "\tchar *header = kmalloc(1792, GFP_NOIO);\n\tu32 sum;\n\tint n;\n\n\tif (!header)\n\t\treturn 0;\n"
         "\tn = snprintf(header, 1792, "),
        ("\treturn crc32(crc32(0, header, (size_t)n), data, bytes);",
         "\tsum = crc32(crc32(0, header, (size_t)n), data, bytes);\n\tkfree(header);\n\treturn sum;")]),
    ("move", "mirror_handle.bounce"): ("dispatch.c", [
        ('#include "mirrorblk.h"', '#include "mirrorblk.h"\n#include <linux/slab.h>'),
        ("\tu8 bounce[3 * SECTOR_BYTES];", "\tu8 *bounce = kmalloc(3 * SECTOR_BYTES, GFP_NOIO);"),
        ("\tif (rq->sectors <= 3) {", "\tif (!bounce)\n\t\treturn -ENOMEM;\n\tif (rq->sectors <= 3) {"),
        ("\trq->data = data;", "\tkfree(bounce);\n\trq->data = data;")]),
    ("move", "network_send.packet"): ("leg.c", [
        ('#include "mirrorblk.h"', '#include "mirrorblk.h"\n#include <linux/slab.h>'),
        ("\tu8 packet[3 * SECTOR_BYTES + 64];", "\tu8 *packet = kmalloc(3 * SECTOR_BYTES + 64, GFP_NOIO);\n\tint err;"),
        ("\tmemcpy(packet, &sector", "\tif (!packet)\n\t\treturn -ENOMEM;\n\tmemcpy(packet, &sector"),
        ("\treturn lower_write(leg->disk, sector, packet, sectors);",
         "\terr = lower_write(leg->disk, sector, packet, sectors);\n\tkfree(packet);\n\treturn err;")]),
}
POOL = "ExAllocatePoolWithTag(NonPagedPool, {}, 'tduA')"
WINDOWS = {
    ("move", "AuditLogWrite.record"): ("log.c", [
        ("\tAUDIT_RECORD record;", "\tNTSTATUS status;\n\tAUDIT_RECORD *record = " + POOL.format("sizeof(*record)") + ";"),
        ("\tRtlZeroMemory(&record, sizeof(record));",
         "\tif (!record)\n\t\treturn STATUS_INSUFFICIENT_RESOURCES;\n\tRtlZeroMemory(record, sizeof(*record));"),
        ("&record.Time", "&record->Time"), ("record.Major = ", "record->Major = "),
        ("record.Length = ", "record->Length = "),
        ("RtlCopyMemory(record.Volume, Extension->Volume, sizeof(record.Volume))",
         "RtlCopyMemory(record->Volume, Extension->Volume, sizeof(record->Volume))"),
        ("RtlCopyMemory(record.Sample, Data, min(Length, sizeof(record.Sample)))",
         "RtlCopyMemory(record->Sample, Data, min(Length, sizeof(record->Sample)))"),
        ("AuditFormat(Extension, record.Major", "AuditFormat(Extension, record->Major"),
        ("\treturn AuditAppend(Extension, &record);",
         "\tstatus = AuditAppend(Extension, record);\n\tExFreePoolWithTag(record, 'tduA');\n\treturn status;")]),
    ("move", "AuditLogWrite.line"): ("log.c", [
        ("the cure */\n\tCHAR line[AUDIT_LINE_BYTES];",
         "the cure */\n\tCHAR *line = " + POOL.format("AUDIT_LINE_BYTES") + ";"),
        ("\tif (AuditFormat(", "\tif (!line)\n\t\treturn STATUS_INSUFFICIENT_RESOURCES;\n\tif (AuditFormat("),
        ("line, sizeof(line)))\n\t\tDbgPrint(\"%s\", line);",
         "line, AUDIT_LINE_BYTES))\n\t\tDbgPrint(\"%s\", line);\n\tExFreePoolWithTag(line, 'tduA');")]),
}
SYSTEMS = {"linux": (LINUX, []), "windows": (WINDOWS, ["--target=x86_64-w64-mingw32"])}


def scan(stackcheck, folder, system, budget):
    flags = SYSTEMS[system][1] + (TOP / "examples" / system / "flags").read_text().split()
    report = folder / "report.json"
    done = subprocess.run([stackcheck, "scan", "--no-db", "--no-cache", "--budget", budget, "-o", report,
                           f"examples/{system}", "--"] + flags, cwd=folder, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"status {done.returncode}\n{done.stdout}\n{done.stderr}")
    return json.loads(report.read_text())


def depth_of(report, entry):
    return next(f["depth"]["bytes"] for f in report["functions"] if f["name"] == entry)


def edit(folder, system, change):
    """Makes one change; what several changes need is there once."""
    name = change["declared_in"] + ("." + change["variable"] if change["variable"] else "")
    if (change["kind"], name) not in SYSTEMS[system][0]:
        sys.exit(f"nobody wrote down how to make the change {change}")
    file, steps = SYSTEMS[system][0][change["kind"], name]
    path = folder / "examples" / system / file
    text = path.read_text()
    for old, new in steps:
        if new.startswith(old) and new in text:
            continue
        if old not in text:
            sys.exit(f"{file} has no {old!r}")
        text = text.replace(old, new, 1)
    path.write_text(text)


def promise(stackcheck, system, entry, budget):
    """What is wrong, and a line about what was seen."""
    with tempfile.TemporaryDirectory(prefix="stackcheck-promise-") as name:
        folder = pathlib.Path(name)
        shutil.copytree(TOP / "examples", folder / "examples")
        before = scan(stackcheck, folder, system, budget)
        names = {f["id"]: f["name"] for f in before["functions"]}
        found = [f for f in before["findings"]
                 if f["rule"] == "path-budget" and names[f["function"]] == entry and f.get("changes")]
        if len(found) != 1:
            return [f"{len(found)} findings about {entry} with changes, not one"], ""
        for change in found[0]["changes"]:
            edit(folder, system, change)
        after = depth_of(scan(stackcheck, folder, system, budget), entry)
    promised, n = found[0]["bytes_after"], len(found[0]["changes"])
    told = f"{entry}: {found[0]['bytes']} bytes, {promised} promised by {n} changes, {after} after them"
    wrong = []
    if after > promised + POINTER * n or after < promised - SLACK * n:
        wrong.append(told)
    if promised > int(budget):
        wrong.append(f"it is not brought below {budget}: {found[0]['advice']}")
    return wrong, told


def main():
    stackcheck, system, entry = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3]
    wrong = []
    for budget in sys.argv[4:]:
        found, told = promise(stackcheck, system, entry, budget)
        wrong += found
        print(told)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
