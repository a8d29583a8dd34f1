#!/usr/bin/env bash
# Build the release binary: `make release`, or release/build.sh [TRIPLE] for another platform.
#
# The same commit, compiler, linker and platform give the same bytes, whatever the folders are called: every
# path that the compiler would write down (in the messages of panics, say) is given a name of its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
triple=${1:-}
cargo=${CARGO:-cargo}

# Unpacked before the build: its folder is named below.
"$cargo" fetch --locked ${triple:+--target "$triple"}

flags=("--remap-path-prefix=$PWD=/s3setup")
# Named for the registry's address, which is a mirror's on some networks.
for folder in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/; do
    flags+=("--remap-path-prefix=${folder%/}=/crates")
done
# Where the sources of the standard library are installed, it is their path and not the compiler's own name
# for them.
commit=$(rustc -vV | sed -n 's/^commit-hash: //p')
flags+=("--remap-path-prefix=$(rustc --print sysroot)/lib/rustlib/src/rust=/rustc/$commit")
# Else the C library would have to be there, and of the same version or newer.
case $triple in *-musl) flags+=("-Ctarget-feature=+crt-static") ;; esac

# Flags of the environment would make another binary.
unset RUSTFLAGS
CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && printf '%s' "${flags[*]}") \
    "$cargo" build --locked --release --bin s3setup ${triple:+--target "$triple"}
