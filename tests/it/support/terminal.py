"""Run a command on a terminal and answer its questions.

    python terminal.py '[["text to wait for", "what to type"], …]' COMMAND ARGUMENT…

Prints {"code": …, "signal": …, "text": …} as JSON. What is typed last may be "\\u0003": Ctrl-C.
"""

import json
import os
import pty
import select
import signal
import sys
import time

SECONDS = 20


def main():
    steps, command = json.loads(sys.argv[1]), sys.argv[2:]
    child, terminal = pty.fork()
    if child == 0:
        # Whoever runs the tests in the background may have told them to ignore it.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execv(command[0], command)
    text, seen, until = b"", 0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        while steps and (found := text.find(steps[0][0].encode(), seen)) >= 0:
            seen = found + len(steps[0][0].encode())
            os.write(terminal, steps.pop(0)[1].encode())
        if not select.select([terminal], [], [], 0.05)[0]:
            continue
        try:
            read = os.read(terminal, 4096)
        except OSError:  # Linux says so when the other end is closed
            break
        if not read:
            break
        text += read
    else:
        os.kill(child, 9)
    status = os.waitpid(child, 0)[1]
    print(json.dumps({
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "text": text.decode(errors="replace").replace("\r\n", "\n"),
        "left": steps,
    }))


main()
