#!/usr/bin/env bash
# Download the release that this action is of, and hold it against GitHub's attestation of where it was built.
set -euo pipefail
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$GITHUB_ACTION_PATH/../../Cargo.toml" | head -n 1)
case "$RUNNER_OS-$RUNNER_ARCH" in
Linux-X64) target=x86_64-unknown-linux-musl ;;
Linux-ARM64) target=aarch64-unknown-linux-musl ;;
macOS-ARM64) target=aarch64-apple-darwin ;;
*)
    echo "::error::there is no release for $RUNNER_OS on $RUNNER_ARCH: build s3setup and give its path as \`binary\`"
    exit 1
    ;;
esac
folder=$RUNNER_TEMP/s3setup-$version
binary=$folder/s3setup-v$version-$target
mkdir -p "$folder"
gh release download "v$version" --repo "$REPOSITORY" --pattern "${binary##*/}" --output "$binary" --clobber
gh attestation verify "$binary" --repo "$REPOSITORY"
chmod +x "$binary"
echo "binary=$binary" >>"$GITHUB_OUTPUT"
