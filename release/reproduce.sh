#!/usr/bin/env bash
# Build the last commit twice, as strangers to each other: `make reproduce`. Two folders of different names, two
# homes of cargo (the second filled anew), two time zones, one and all processors. The digests must be the same.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
triple=${1:-}

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
first=$place/first
second="$place/a second folder/below"
home=${CARGO_HOME:-$HOME/.cargo}

# What was downloaded once need not be again; it is unpacked anew.
mkdir -p "$first" "$second" "$place/other home of cargo/registry"
for part in cache index; do
    [ ! -d "$home/registry/$part" ] || cp -R "$home/registry/$part" "$place/other home of cargo/registry/"
done
[ ! -f "$home/config.toml" ] || cp "$home/config.toml" "$place/other home of cargo/"

unset CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR
build() {
    git archive HEAD | tar -x -C "$1"
    local begun=$SECONDS
    "$1/release/build.sh" "$triple"
    echo "built in $((SECONDS - begun)) s" >&2
    digest=$(python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' \
        "$1/target/${triple:+$triple/}release/s3setup")
    # Only the digest is needed, and the rest is large.
    rm -rf "$1/target"
}
build "$first"
one=$digest
TZ=Asia/Kathmandu CARGO_BUILD_JOBS=1 CARGO_HOME="$place/other home of cargo" build "$second"

printf '%s  first\n%s  second\n' "$one" "$digest"
[ "$one" = "$digest" ] || { echo "the two differ" >&2; exit 1; }
