"""Makes a repository with one commit on `main` that holds one file, without git: objects and index are small formats."""
import hashlib
import os
import pathlib
import struct
import sys
import zlib


def write_object(kind, data):
    raw = f"{kind} {len(data)}\0".encode() + data
    name = hashlib.sha1(raw).hexdigest()
    path = pathlib.Path(".git/objects", name[:2], name[2:])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zlib.compress(raw))
    return name


def write_index(name, blob):
    st = os.stat(name)
    entry = struct.pack(">10L", int(st.st_ctime), st.st_ctime_ns % 10**9, int(st.st_mtime),
                        st.st_mtime_ns % 10**9, st.st_dev & 0xffffffff, st.st_ino & 0xffffffff, 0o100644,
                        st.st_uid, st.st_gid, st.st_size)
    entry += bytes.fromhex(blob) + struct.pack(">H", len(name)) + name.encode()
    entry += b"\0" * (8 - len(entry) % 8)
    data = b"DIRC" + struct.pack(">2L", 2, 1) + entry
    pathlib.Path(".git/index").write_bytes(data + hashlib.sha1(data).digest())


def main():
    name = sys.argv[1]
    os.chmod(name, 0o644)
    for folder in ("objects", "refs/heads"):
        pathlib.Path(".git", folder).mkdir(parents=True)
    blob = write_object("blob", pathlib.Path(name).read_bytes())
    tree = write_object("tree", f"100644 {name}\0".encode() + bytes.fromhex(blob))
    who = "A <a@example.org> 1700000000 +0000"
    commit = write_object("commit", f"tree {tree}\nauthor {who}\ncommitter {who}\n\none\n".encode())
    pathlib.Path(".git/refs/heads/main").write_text(commit + "\n")
    pathlib.Path(".git/HEAD").write_text("ref: refs/heads/main\n")
    pathlib.Path(".git/config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
    write_index(name, blob)


main()
