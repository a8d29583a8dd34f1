"""Run a command to its end and tell what it took, as one line of JSON.

    python3 measure.py COMMAND ARGUMENT...

{"code", "seconds" on the clock, "cpu" seconds of processor, "peak" bytes of memory, "floor"}, of the
command and what it started and waited for. The kernel counts in what a child was before it became
the command, a copy of this program: a peak near the floor only says that it was not higher. The
command's output is thrown away; its errors are passed on.
"""

import json
import os
import resource
import subprocess
import sys
import time

started = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
_, status, used = os.wait4(child.pid, 0)
# In kilobytes, but for macOS.
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps({
    "code": os.waitstatus_to_exitcode(status),
    "seconds": time.perf_counter() - started,
    "cpu": used.ru_utime + used.ru_stime,
    "peak": used.ru_maxrss * unit,
    "floor": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
}))
