"""Run one of the servers of the tests for as long as somebody holds our standard input open.

As a program (what the Rust tests start):

    .venv/bin/python tests/serve.py ministack --log target/servers/ministack.log

prints one line of JSON, {"endpoint": "http://127.0.0.1:PORT", "process": ID}, once the server
answers, and ends the server when standard input closes. The kernel closes it for a process that
dies in whatever way, so no server outlives its tests.

As a module:

    from serve import serve
    with serve("ministack", log=path) as endpoint: ...

Only 127.0.0.1 is bound, on a port that is free; only what was started here is ended.
"""

import argparse
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

LOOPBACK = "127.0.0.1"
PROGRAMS = pathlib.Path(sys.executable).parent
READY_WITHIN_SECONDS = 60
ENDS_WITHIN_SECONDS = 5
# A free port can be taken between our asking for it and the server's binding it.
ATTEMPTS = 3


def _ministack(port):
    """ministack with authorisation on. Its extras are off: they listen on every interface."""
    command = [PROGRAMS / "ministack"]
    environment = {
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "AUTH": "true",
        "SERVICES": "s3,iam,sts,kms,secretsmanager,ssm",
        # Otherwise an MQTT listener opens 0.0.0.0:8883, whatever BIND_HOST says.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # Otherwise containers of somebody else's ministack are removed at the start.
        "DOCKER_HOST": "unix:///nonexistent",
    }
    return command, environment, "/_ministack/health"


def _moto(port):
    """moto: no authorisation at all, but a second opinion on formats."""
    return [PROGRAMS / "moto_server", "-H", LOOPBACK, "-p", str(port)], {}, "/moto-api/"


def _gcplocal(port):
    """Google Cloud: no authorisation and no etags, but a second opinion on formats."""
    # Without a folder for its state it keeps that in memory.
    command = [PROGRAMS / "gcplocal", "start", "--host", LOOPBACK, "--port", str(port)]
    return command, {}, "/health"


SERVERS = {"ministack": _ministack, "moto": _moto, "gcplocal": _gcplocal}


@contextlib.contextmanager
def serve(name, log):
    """Start the server `name`, give its endpoint, and end it on the way out."""
    with tempfile.TemporaryDirectory(prefix="s3setup-server-") as home:
        process, endpoint = _start(name, pathlib.Path(log), home)
        try:
            yield endpoint
        finally:
            _end(process)


def _start(name, log, home):
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    for _ in range(ATTEMPTS):
        port = _free_port()
        command, settings, ready_path = SERVERS[name](port)
        # Nothing of the caller's environment: a profile or a proxy there must not change a test.
        environment = {"PATH": os.environ["PATH"], "HOME": home, "TMPDIR": home,
                       "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", **settings}
        with log.open("ab") as output:
            # A session of its own: Ctrl-C reaches us, and we end the server and all its children.
            process = subprocess.Popen(command, env=environment, cwd=home, stdin=subprocess.DEVNULL,
                                       stdout=output, stderr=output, start_new_session=True)
        endpoint = f"http://{LOOPBACK}:{port}"
        try:
            if _answers(endpoint + ready_path, process):
                return process, endpoint
        except BaseException:
            _end(process)
            raise
        _end(process)
    raise SystemExit(f"{name} did not start; its output is in {log}")


def _free_port():
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def _answers(url, process):
    """True once the server answers with anything; False if it ended or stays silent."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            direct.open(url, timeout=5).close()
        except urllib.error.HTTPError:
            pass  # an error is an answer too
        except OSError:
            time.sleep(0.05)
            continue
        # Another program may answer on a port that was taken from us; ours has ended then.
        time.sleep(0.05)
        return process.poll() is None
    return False


def _end(process):
    """End the server's process group, which is ours alone."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        try:
            process.wait(ENDS_WITHIN_SECONDS)
            return
        except subprocess.TimeoutExpired:
            continue


def main():
    arguments = argparse.ArgumentParser(description="Run a server until standard input closes.")
    arguments.add_argument("server", choices=sorted(SERVERS))
    arguments.add_argument("--log", required=True, help="file for the server's output")
    chosen = arguments.parse_args()
    # Leave by way of `finally`, so that the server ends with us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with contextlib.suppress(KeyboardInterrupt), serve(chosen.server, chosen.log) as endpoint:
        print(json.dumps({"endpoint": endpoint, "process": os.getpid()}), flush=True)
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
