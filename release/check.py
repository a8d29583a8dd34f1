#!/usr/bin/env python3
"""Hold a release binary to what is promised of it: `make release` ends with this.

    python3 release/check.py BINARY

Its size, how long `--help` takes, and that no path of the machine that built it is in it. Prints a
line for each; fails if one is broken. The start is the best of many: it is about the binary, and
not about what else the machine does.
"""
import hashlib
import os
import pathlib
import subprocess
import sys
import time

# In bytes, and in seconds.
SIZE = 25_000_000
START = 0.010
STARTS = 50


def start(binary):
    best = float("inf")
    for _ in range(STARTS):
        begun = time.perf_counter()
        subprocess.run([binary, "--help"], check=True, stdout=subprocess.DEVNULL)
        best = min(best, time.perf_counter() - begun)
    return best


def folders():
    """The folders that a build leaves traces of: the checkout, the home, those of cargo and rustup."""
    home = pathlib.Path.home()
    yield pathlib.Path(__file__).resolve().parent.parent
    yield home
    for variable, usual in (("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")):
        yield pathlib.Path(os.environ.get(variable) or home / usual)


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    contents = binary.read_bytes()
    took = start(binary)
    found = sorted({str(path) for path in folders() if f"{path}/".encode() in contents})
    lines = [
        (len(contents) < SIZE, f"{len(contents) / 1e6:.1f} MB (promised: below {SIZE / 1e6:.0f} MB)"),
        (took < START, f"--help in {took * 1e3:.1f} ms (promised: below {START * 1e3:.0f} ms)"),
        (not found, f"paths of this machine in it: {', '.join(found) or 'none'}"),
    ]
    print(f"sha256 {hashlib.sha256(contents).hexdigest()}")
    for good, line in lines:
        print(line if good else f"NOT AS PROMISED: {line}")
    return 0 if all(good for good, _ in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
