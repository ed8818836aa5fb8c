"""Runs a command with a terminal each as stdout and stderr; says whether the first got colour, the second a bar."""
import os
import pty
import subprocess
import sys
import threading


def drain(fd, into):
    try:
        while block := os.read(fd, 4096):
            into.append(block)
    except OSError:  # the other end was closed
        pass


def main():
    ends, taken, threads = [pty.openpty() for _ in range(2)], ([], []), []
    for (ours, _), into in zip(ends, taken):
        threads.append(threading.Thread(target=drain, args=(ours, into)))
        threads[-1].start()
    done = subprocess.run(["sh", "-c", sys.argv[1]], stdout=ends[0][1], stderr=ends[1][1], check=False)
    for _, theirs in ends:
        os.close(theirs)
    for thread in threads:
        thread.join()
    out, err = (b"".join(t) for t in taken)
    color = "colour" if b"\x1b[" in out else "no colour"
    bar = "a bar" if b"1/1" in err else "no bar"
    end = "wiped" if err.endswith(b"\r\x1b[K") else "nothing to wipe"
    print(f"status {done.returncode}, {color}, {bar}, {end}")


main()
