#!/usr/bin/env python3
"""Print the bill of materials of the release binary, as CycloneDX 1.5 in JSON: `make sbom`.

    python3 release/sbom.py [--target TRIPLE] [--names]

It has the crates that are compiled for one platform with no test in it, exactly as `cargo tree` resolves
them: "required" is what can be in the binary, "excluded" what only runs while it is built (build scripts,
procedural macros and what they need). Name, version and licence are each crate's own, the digest
is that of Cargo.lock.

The same checkout gives the same bytes, in any folder: no path is in it, the serial number follows
from the contents, and the time is SOURCE_DATE_EPOCH or left out.

cargo-cyclonedx, the usual tool, reads `cargo metadata`, which also lists what only tests switch
on, and writes the checkout's folder into every reference to the binary.

--names prints no more than the crates' names, a line each: release/crates.txt is that.
"""
import argparse
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse
import uuid

CHECKOUT = pathlib.Path.cwd()
CARGO = os.environ.get("CARGO", "cargo")
# Between the fields of a line of `cargo tree`: in no name and in no licence.
BETWEEN = "|"


def host():
    """The platform that rustc compiles for if nobody says otherwise."""
    said = subprocess.run(["rustc", "-vV"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return re.search(r"^host: (.+)$", said, re.MULTILINE)[1]


def tree(target, edges):
    """Lines of `cargo tree`: depth, crate (name and version), its licence. What a crate needs comes
    below the first line that has it, and nowhere else."""
    shown = subprocess.run(
        [CARGO, "tree", "--locked", "--target", target, "--edges", edges, "--prefix", "depth",
         "--format", BETWEEN + BETWEEN.join(["{p}", "{l}", ""])],
        check=True, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT).stdout
    for line in shown.splitlines():
        depth, package, licence, _ = line.split(BETWEEN)
        name, version = package.split()[:2]
        yield int(depth), (name, version.removeprefix("v")), licence


def needs(target):
    """Each crate's licence, and what each needs itself; the first is our own."""
    licences, needed, above = {}, {}, []
    for depth, crate, licence in tree(target, "normal,build"):
        licences[crate] = licence
        needed.setdefault(crate, set())
        del above[depth:]
        if above:
            needed[above[-1]].add(crate)
        above.append(crate)
    return licences, needed


def digests():
    """The SHA-256 of each crate's archive, as Cargo.lock has it."""
    text = (CHECKOUT / "Cargo.lock").read_text(encoding="utf-8")
    found = re.findall(
        r'^name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"$', text, re.MULTILINE)
    return {(name, version): digest for name, version, digest in found}


def purl(crate):
    """A package URL: what every other tool knows a crate by."""
    name, version = crate
    return f"pkg:cargo/{name}@{urllib.parse.quote(version)}"


def component(kind, crate, licence, digest=None):
    """One entry. `MIT/Apache-2.0` is what SPDX now writes with OR."""
    entry = {"type": kind, "bom-ref": purl(crate), "name": crate[0], "version": crate[1]}
    if licence:
        entry["licenses"] = [{"expression": re.sub(r"\s*/\s*", " OR ", licence)}]
    if digest:
        entry["hashes"] = [{"alg": "SHA-256", "content": digest}]
    entry["purl"] = purl(crate)
    return entry


def bill(target):
    licences, needed = needs(target)
    linked = {crate for _, crate, _ in tree(target, "normal,no-proc-macro")}
    known = digests()
    ours = next(iter(licences))
    metadata = {
        "tools": {"components": [{"type": "application", "name": "s3setup's release/sbom.py"}]},
        "component": component("application", ours, licences[ours]),
        "properties": [{"name": "cdx:rustc:sbom:target:triple", "value": target}],
    }
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch:
        moment = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc)
        metadata["timestamp"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    components = []
    for crate in sorted(licences.keys() - {ours}):
        entry = component("library", crate, licences[crate], known[crate])
        entry["scope"] = "required" if crate in linked else "excluded"
        components.append(entry)
    contents = {
        "metadata": metadata,
        "components": components,
        "dependencies": [
            {"ref": purl(crate), "dependsOn": sorted(map(purl, needed[crate]))}
            for crate in sorted(needed)
        ],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(contents, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        **contents,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", help="the platform, such as x86_64-unknown-linux-gnu (default: this one)")
    parser.add_argument("--names", action="store_true", help="only the names of the crates")
    arguments = parser.parse_args()
    contents = bill(arguments.target or host())
    if arguments.names:
        print("\n".join(sorted({entry["name"] for entry in contents["components"]})))
    else:
        print(json.dumps(contents, indent=2))


if __name__ == "__main__":
    main()
