"""Run `s3setup drift` in a GitHub workflow, and tell what it found.

The report is in the job's log and summary. While something has drifted, one issue of this title is open: it
is opened, its text is kept to the newest report, and it is closed once all is in sync. Where it could not be
told, the issue stays as it is. Exits as `drift` does: 0 in sync, 2 drifted, 1 could not tell.

Only the standard library, for whatever Python 3 a runner has.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

STATES = {0: "in-sync", 2: "drifted"}
LABEL = "s3setup-drift"
# Of an issue's text and of a job's summary, in bytes; a report of s3setup is shorter.
LONGEST_TEXT = 65_536
TRIES = 4


class Failed(Exception):
    """What is told in one line."""


def ask(method, url, token, body=None):
    """The JSON that a server answers. What may be repeated is, if the server fails or is not reached."""
    data = None if body is None else json.dumps(body).encode()
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "User-Agent": "s3setup",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    where = f"{method} {urllib.parse.urlsplit(url).path}"
    for attempt in range(1, TRIES + 1):
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            # An issue that was made and not told would be made twice.
            again = error.code >= 500 and method != "POST"
            if not again or attempt == TRIES:
                raise Failed(f"{where}: GitHub answers {error.code} {error.reason}") from None
        except (OSError, ValueError) as error:
            if method == "POST" or attempt == TRIES:
                raise Failed(f"{where}: {error}") from None
        time.sleep(2**attempt)


def arguments(text):
    """One a line; empty lines are none."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def take_on(role, region, folder, environment):
    """Have the AWS SDK take on the role with this job's token, which is in a file of its own."""
    url = os.environ.get("ACTIONS_ID_TOKEN_REQUEST_URL")
    secret = os.environ.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    if not url or not secret:
        raise Failed("`role` needs GitHub's token: give the job `permissions: id-token: write`")
    token = ask("GET", url + "&audience=sts.amazonaws.com", secret)["value"]
    print(f"::add-mask::{token}", flush=True)
    file = folder / "token"
    file.touch(mode=0o600)
    file.write_text(token)
    run = os.environ.get("GITHUB_RUN_ID", "0")
    environment |= {
        "AWS_ROLE_ARN": role,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(file),
        "AWS_ROLE_SESSION_NAME": f"s3setup-drift-{run}",
    }
    # They come before a role in the SDK's chain.
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        environment.pop(name, None)


def append(variable, text):
    """To one of the files that a runner reads."""
    path = os.environ.get(variable)
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)


class Issue:
    """The one issue of this title and label."""

    def __init__(self, title, token):
        api = os.environ.get("GITHUB_API_URL", "https://api.github.com")
        self.issues = f"{api}/repos/{os.environ['GITHUB_REPOSITORY']}/issues"
        self.title, self.token = title, token

    def ask(self, method, path="", body=None):
        return ask(method, self.issues + path, self.token, body)

    def open_one(self):
        """The oldest that is open; there are two if somebody opened one by hand."""
        query = urllib.parse.urlencode(
            {"state": "open", "labels": LABEL, "direction": "asc", "per_page": 100}
        )
        found = self.ask("GET", f"?{query}")
        ours = (one for one in found if one["title"] == self.title and "pull_request" not in one)
        return next(ours, None)

    def tell(self, report):
        one = self.open_one()
        if one is None:
            made = self.ask("POST", "", {"title": self.title, "body": report, "labels": [LABEL]})
            print(f"opened issue {made['number']}")
        elif one["body"] != report:
            self.ask("PATCH", f"/{one['number']}", {"body": report})
            print(f"updated issue {one['number']}")

    def close(self, run):
        one = self.open_one()
        if one is not None:
            path = f"/{one['number']}"
            self.ask("POST", f"{path}/comments", {"body": f"All is in sync again ({run})."})
            self.ask("PATCH", path, {"state": "closed", "state_reason": "completed"})
            print(f"closed issue {one['number']}")


def drift(folder):
    """The exit code of `s3setup drift`, and its report."""
    environment = dict(os.environ)
    token = environment.pop("GITHUB_TOKEN", "")
    region = environment.pop("REGION", "")
    if region:
        environment["AWS_REGION"] = region
    role = environment.pop("ROLE", "")
    if role:
        take_on(role, region, folder, environment)
    report = folder / "report.md"
    manifests = arguments(environment.pop("MANIFESTS", ""))
    if not manifests:
        raise Failed("`manifests` names none")
    command = [environment.pop("S3SETUP"), "drift", *arguments(environment.pop("ARGUMENTS", ""))]
    command += ["--report", f"markdown={report}", "--", *manifests]
    try:
        code = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode
    except OSError as error:
        raise Failed(f"{command[0]} cannot be started: {error.strerror}") from None
    try:
        text = report.read_text(encoding="utf-8")
    except OSError:
        text = "s3setup could not tell; the log of the job says why.\n"
    return code, token, text


def main():
    home = pathlib.Path(os.environ.get("RUNNER_TEMP") or tempfile.gettempdir())
    title = os.environ.get("ISSUE_TITLE", "")
    wants_issue = os.environ.get("ISSUE", "true") != "false"
    with tempfile.TemporaryDirectory(dir=home) as folder:
        code, token, text = drift(pathlib.Path(folder))
    state = STATES.get(code, "unknown")
    kept = home / "s3setup-drift.md"
    kept.write_text(text, encoding="utf-8")
    append("GITHUB_STEP_SUMMARY", text)
    append("GITHUB_OUTPUT", f"state={state}\nreport={kept}\n")
    if wants_issue and state != "unknown":
        issue = Issue(title, token)
        server, run = os.environ.get("GITHUB_SERVER_URL", ""), os.environ.get("GITHUB_RUN_ID", "")
        here = f"{server}/{os.environ.get('GITHUB_REPOSITORY', '')}/actions/runs/{run}"
        try:
            issue.tell(text[:LONGEST_TEXT]) if state == "drifted" else issue.close(here)
        except Failed as error:
            # What AWS is like is known all the same.
            print(f"::warning::the issue is not up to date: {error}")
    return code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        print(f"::error::{failure}")
        sys.exit(1)
