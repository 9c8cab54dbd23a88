#!/usr/bin/env bash
# Fetches the released binary of the action's own version, and prints its path.
# It prints nothing where there is no such release, as for a branch or a commit:
# the action then builds boundlint from its source.
set -euo pipefail

version=${GITHUB_ACTION_REF:-}
if ! [[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
  exit 0
fi
case $(uname -s) in
  Linux) os=linux ;;
  Darwin) os=darwin ;;
  *) exit 0 ;;
esac
case $(uname -m) in
  x86_64 | amd64) arch=amd64 ;;
  aarch64 | arm64) arch=arm64 ;;
  *) exit 0 ;;
esac

releases=${BOUNDLINT_RELEASES:-https://github.com/boundlint/boundlint/releases/download}
archive="boundlint_${version#v}_${os}_${arch}.tar.gz"
dir="$RUNNER_TEMP/boundlint-$version"
mkdir -p "$dir"
fetch() { curl --fail --silent --show-error --location --retry 3 --output "$dir/$1" "$releases/$version/$1"; }
if ! fetch checksums.txt 2>/dev/null || ! fetch "$archive"; then
  exit 0
fi

# A release whose bytes are not those that were published must not run, nor be
# passed over in silence.
want=$(awk -v name="$archive" '$2 == name { print $1 }' "$dir/checksums.txt")
got=$(cd "$dir" && { sha256sum "$archive" 2>/dev/null || shasum -a 256 "$archive"; } | cut -d ' ' -f 1)
if [ -z "$want" ] || [ "$want" != "$got" ]; then
  echo "::error::the checksum of $archive is $got, and checksums.txt of the release says ${want:-nothing}" >&2
  exit 1
fi
# The attestation says that the release workflow of this repository made it.
if [ -n "${GH_TOKEN:-}" ] && command -v gh >/dev/null; then
  gh attestation verify "$dir/$archive" --repo boundlint/boundlint >&2
fi
tar -xzf "$dir/$archive" -C "$dir" boundlint
echo "$dir/boundlint"
