"""The page of a report in a real browser: on a phone and on a desk, in the light and in the dark.

    tests/browser.py target/debug/s3setup [folder for screenshots]

Nothing may overflow sideways, load, run or be complained of; all text has the contrast of WCAG 2.1 AA; headings
and tables are what a screen reader needs. Without Chromium it says NOT DONE, and fails if BROWSER=required.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SIZES = {"small phone": 320, "phone": 390, "tablet": 820, "desk": 1280}
COLOURS = ["light", "dark"]
NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]

MANIFEST = """\
name: {name}
bucket:
  name: {name}-data-123456789012
  versioning: true
  policy:
    - Sid: Partner
      Effect: Allow
      Principal: {{AWS: "444455556666"}}
      Action: s3:GetObject
      Resource: arn:aws:s3:::{name}-data-123456789012/shared/*
known_accounts: {{"444455556666": a partner}}
roles:
  {name}-deploy:
    trust: {{github_actions: {{repository: acme/{name}, branch: main}}}}
    inline_policies:
      read:
        - {{Sid: Read, Effect: Allow, Action: [{action}], Resource: "arn:aws:s3:::{name}-data-123456789012/*"}}
users:
  {name}-backup: {{}}
grants:
  - {{to: user.{name}-backup, allow: [read, write], prefix: backups/}}
"""

# In the page: what is wrong with it, a line each.
LOOK = r"""
(() => {
  const wrong = [];
  const root = document.documentElement;
  // A phone's window grows with what is too wide for it, so innerWidth would not tell.
  if (root.scrollWidth > WIDTH) {
    const wide = [...document.querySelectorAll("body *")].find(
      (one) => one.getBoundingClientRect().right > WIDTH + 1);
    wrong.push(`it is ${root.scrollWidth} wide: ${wide && wide.outerHTML.slice(0, 120)}`);
  }
  const rgb = (text) => {
    const parts = text.match(/[\d.]+/g).map(Number);
    return parts.length < 4 ? [...parts, 1] : parts;
  };
  const light = ([r, g, b]) => {
    const part = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour[3] > 0) return colour;
    }
    return rgb(getComputedStyle(document.body).backgroundColor);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (texts.nextNode()) {
    const one = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !one.checkVisibility()) continue;
    seen += 1;
    const style = getComputedStyle(one);
    const [a, b] = [light(rgb(style.color)), light(ground(one))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least) wrong.push(`contrast ${ratio.toFixed(2)}: ${one.outerHTML.slice(0, 120)}`);
    if (size < 12) wrong.push(`small print, ${size} px: ${one.outerHTML.slice(0, 120)}`);
  }
  if (seen < 40) wrong.push(`only ${seen} texts are there to look at`);
  if (!root.lang) wrong.push("no language");
  if (document.querySelectorAll("h1").length !== 1) wrong.push("not one h1");
  let level = 0;
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) wrong.push(`a heading is left out before ${heading.textContent}`);
    level = next;
  }
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption) wrong.push("a table without a caption");
    if ([...table.querySelectorAll("th")].some((one) => !one.scope)) wrong.push("a th without a scope");
  }
  for (const link of document.querySelectorAll("a")) {
    if (!document.querySelector(link.getAttribute("href"))) wrong.push(`${link.outerHTML} leads nowhere`);
  }
  if (document.querySelectorAll("details").length < 3) wrong.push("no details");
  return wrong;
})()
"""


class Browser:
    """Chromium, spoken to through a pair of pipes."""

    def __init__(self, program, folder):
        to_it, ours = os.pipe()
        theirs, from_it = os.pipe()

        def plug():
            # Chromium reads 3 and writes 4. Out of their way first.
            one, other = os.dup2(to_it, 60), os.dup2(from_it, 61)
            os.dup2(one, 3), os.dup2(other, 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--hide-scrollbars", f"--user-data-dir={folder}", "--remote-debugging-pipe"],
            close_fds=False, preexec_fn=plug,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_it), os.close(from_it)
        self.out, self.answers = os.fdopen(ours, "wb"), os.fdopen(theirs, "rb")
        self.number, self.events = 0, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.call(f"{domain}.enable")

    def message(self):
        text = bytearray()
        while (letter := self.answers.read(1)) != b"\0":
            if not letter:
                raise RuntimeError("Chromium has ended")
            text += letter
        return json.loads(text)

    def call(self, method, **arguments):
        self.number += 1
        message = {"id": self.number, "method": method, "params": arguments}
        if hasattr(self, "session"):
            message["sessionId"] = self.session
        self.out.write(json.dumps(message).encode() + b"\0")
        self.out.flush()
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, event):
        while not any(one.get("method") == event for one in self.events):
            self.events.append(self.message())

    def close(self):
        self.process.terminate()
        self.process.wait()


def look(browser, page, width, colour, shot):
    """What is wrong with a page at a width, in a colour scheme."""
    browser.events.clear()
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1,
                 mobile=width < 700)
    browser.call("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": colour}])
    browser.call("Page.navigate", url=page.as_uri())
    browser.wait_for("Page.loadEventFired")
    found = browser.call("Runtime.evaluate", expression=LOOK.replace("WIDTH", str(width)), returnByValue=True)["result"]
    wrong = found["value"] if "value" in found else [str(found)]
    for event in browser.events:
        method, told = event.get("method"), event.get("params", {})
        if method in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
            wrong.append(f"{method}: {json.dumps(told)[:300]}")
        if method == "Network.requestWillBeSent" and told["request"]["url"] != page.as_uri():
            wrong.append(f"it asks for {told['request']['url'][:200]}")
    if shot:
        picture = browser.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        shot.write_bytes(base64.b64decode(picture))
    return wrong


def pages(tool, folder):
    """Reports of runs that found something, of one that did not, and of names that nobody should have."""
    def run(*arguments, code):
        done = subprocess.run([tool, *arguments, "--account", "account.json"], cwd=folder,
                              capture_output=True, text=True)
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)

    def show(report, name):
        (folder / f"{name}.json").write_text(json.dumps(report))
        done = subprocess.run([tool, "report", "show", f"{name}.json", "--report", f"html={name}.html"],
                              cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    (folder / "account.json").write_text('{"account": "123456789012", "resources": []}')
    names = ["shop", "reports"]
    write = lambda action: [
        (folder / f"{name}.yaml").write_text(MANIFEST.format(name=name, action=action)) for name in names]
    files = [f"{name}.yaml" for name in names]
    write("s3:GetObject")
    run("apply", *files, "--yes", code=0)
    run("drift", *files, "--report", "html=synced.html", code=0)
    write("s3:GetObject, s3:PutObject")
    run("plan", *files, "--report", "html=plan.html", code=0)
    run("verify", *files, "--wait", "0", "--report", "html=verify.html", code=2)
    (folder / "broken.yaml").write_text("name: broken\nbuket: {}\n")
    run("drift", *files, "broken.yaml", "--report", "json=drift.json", "--report", "html=drift.html", code=2)
    # What an account in a file cannot be: not readable, not reachable, one of several.
    report = json.loads((folder / "drift.json").read_text())
    account = {key: report.pop(key) for key in list(report)
               if key not in ("format_version", "broken", "command", "version", "at")}
    step = account["steps"][0]
    gap = {"aspect": "encryption", "permission": "s3:GetEncryptionConfiguration",
           "on": "arn:aws:s3:::shop-data-123456789012", "error": "AccessDenied"}
    step["unreadable"] = [gap]
    for aspect in step["ledger"]:
        if aspect["aspect"] == "encryption":
            aspect.update(state="unreadable", permission=gap["permission"], on=gap["on"], error=gap["error"])
    report["accounts"] = [
        {"name": "production", **account},
        {"name": "staging", "account": "210987654321", "error": "sts:AssumeRole: AccessDenied", "hint": None},
    ]
    show(report, "fleet")
    long = "w" * 200 + "<script>alert(1)</script>" + "\u202e" + "\" onload=\"alert(2)"
    evil = json.loads(json.dumps(report).replace("shop-data-123456789012", json.dumps(long)[1:-1]))
    show(evil, "hostile")
    return ["synced", "plan", "verify", "drift", "fleet", "hostile"]


def main():
    tool = pathlib.Path(sys.argv[1]).resolve()
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if not program:
        print("NOT DONE: the page was looked at in no browser (there is no Chromium)")
        return os.environ.get("BROWSER") == "required"
    shots = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    failed = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = pathlib.Path(temporary)
        names = pages(tool, folder)
        browser = Browser(program, folder / "profile")
        for name in names:
            for place, width in SIZES.items():
                for colour in COLOURS:
                    shot = shots and shots / f"{name}-{width}-{colour}.png"
                    wrong = look(browser, folder / f"{name}.html", width, colour, shot)
                    for text in wrong[:5]:
                        print(f"{name}, {place}, {colour}: {text}")
                    failed += len(wrong)
        browser.close()
    if not failed:
        print(f"{len(names)} pages, each at {len(SIZES)} widths in light and dark: nothing is wrong")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
