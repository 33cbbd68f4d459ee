#!/usr/bin/env bash
# Gradescope runs this once, when the image is built.
set -euo pipefail
apt-get update
apt-get install -y python3 python3-pip
python3 -m pip install --break-system-packages shapecalc
