"""Run ministack as a tree of processes, of which each can be copied with all that it holds.

    .venv/bin/python tests/sandboxes.py --log target/servers/sandboxes.log

prints one line of JSON, {"control": PORT}. Whoever connects to that port gets a server of its own,
a fork of this process: it answers with {"endpoint": "http://127.0.0.1:PORT"} on the connection and
lives as long as the connection does. A line on the connection makes it a snapshot: it stops to
answer requests, and says {"control": PORT}, where copies of it are to be had in the same way.

So what takes many calls to set up is set up once, and each copy is a millisecond's work. A process
is forked only while it serves nothing: no loop and no thread is cut in two.

Only 127.0.0.1 is bound. All of it ends when our standard input closes.
"""

import argparse
import asyncio
import gc
import importlib
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import tempfile

from serve import LOOPBACK, SERVERS

# What the tests call. They are loaded before there are copies.
SERVICES = ("iam", "kms", "s3", "secretsmanager", "ssm", "sts")


def load():
    """ministack's application. It reads its settings when it is imported."""
    _, settings, _ = SERVERS["ministack"](0)
    home = tempfile.mkdtemp(prefix="s3setup-sandboxes-")
    os.environ.clear()
    os.environ.update({"HOME": home, "TMPDIR": home, "LANG": "C.UTF-8", "LOG_LEVEL": "ERROR", **settings})
    os.chdir(home)
    from ministack.app import app

    for service in SERVICES:
        importlib.import_module(f"ministack.services.{service}")
    # What is there by now stays: copies share its memory.
    gc.freeze()
    return app, home


def bound():
    """A socket that listens at a free port, and the port."""
    listening = socket.create_server((LOOPBACK, 0), backlog=64)
    return listening, listening.getsockname()[1]


def say(connection, **what):
    connection.sendall(json.dumps(what).encode() + b"\n")


def serve(app, connection):
    """Answer requests until something comes on the connection; end if it closes."""
    import hypercorn.asyncio
    import hypercorn.config

    listening, port = bound()
    say(connection, endpoint=f"http://{LOOPBACK}:{port}")

    async def without_lifespan(scope, receive, send):
        # Its start-up begins threads for services that nobody asks for.
        if scope["type"] != "lifespan":
            return await app(scope, receive, send)
        for event in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{event}.complete"})

    async def asked_for_a_snapshot():
        connection.setblocking(False)
        if not await asyncio.get_running_loop().sock_recv(connection, 64):
            os._exit(0)

    config = hypercorn.config.Config()
    config.bind = [f"fd://{listening.detach()}"]
    config.graceful_timeout = 1
    config.keep_alive_timeout = 600
    config.accesslog = config.errorlog = None
    asyncio.run(hypercorn.asyncio.serve(without_lifespan, config, shutdown_trigger=asked_for_a_snapshot))
    connection.setblocking(True)


def copies(control, lifeline):
    """Fork for each connection. Comes back in each copy alone, with its connection."""
    while True:
        ready, _, _ = select.select([control, lifeline], [], [])
        if lifeline in ready:
            return None
        connection, _ = control.accept()
        if os.fork() == 0:
            control.close()
            return connection
        connection.close()


def main():
    arguments = argparse.ArgumentParser(description="Run servers that can be copied until standard input closes.")
    arguments.add_argument("--log", required=True, help="file for the servers' output")
    log = pathlib.Path(arguments.parse_args().log).absolute()
    log.parent.mkdir(parents=True, exist_ok=True)
    answers = os.fdopen(os.dup(1), "w")
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(output, stream)
    app, home = load()
    # The kernel forgets copies that have ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control, port = bound()
    print(json.dumps({"control": port}), file=answers, flush=True)
    answers.close()
    connection = copies(control, lifeline=0)
    if connection is None:
        shutil.rmtree(home, ignore_errors=True)
        return
    os.close(0)
    while connection is not None:
        serve(app, connection)
        control, port = bound()
        say(connection, control=port)
        copy = copies(control, connection)
        if copy is not None:
            connection.close()
        connection = copy
    # A copy has nothing to tidy up.
    os._exit(0)


if __name__ == "__main__":
    main()
