#!/usr/bin/env bash
# Gradescope runs this once, when the image is built. The wheel of shapecalc is in the archive, which
# `shapecalc autograder` made; what it depends on comes from the package index.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"

fail() {
    echo "setup.sh: $1" >&2
    exit 1
}

shopt -s nullglob
wheels=("$root"/source/shapecalc_nn-*.whl)
[ "${#wheels[@]}" -gt 0 ] || fail "no shapecalc_nn-*.whl in the archive; make it with shapecalc autograder"
[ "${#wheels[@]}" -eq 1 ] || fail "several wheels in the archive, keep one: ${wheels[*]}"

new_enough() {
    command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))'
}

apt-get update
python=
for version in python3 python3.13 python3.12 python3.11; do  # python3 is older in Ubuntu 22.04
    apt-get install -y "$version" "$version-venv" || continue
    if new_enough "$version"; then
        python="$version"
        break
    fi
done
[ -n "$python" ] || fail "no Python 3.11 or later to be had; choose an image of Ubuntu 22.04 or later"

"$python" -m venv "$root/venv"
"$root/venv/bin/pip" install "${wheels[0]}"
