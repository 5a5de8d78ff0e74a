#!/usr/bin/env bash
# What the tests use beside Rust and Node.js: phones that nobody here wrote, a browser, PostgreSQL, sound tools.
# Installs only what is missing; names the command where it may not.
set -euo pipefail

packages=(sip-tester baresip tshark chromium fonts-noto-cjk postgresql sox python3-venv)

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || { echo "every package is there"; exit 0; }

install=(apt-get install -y --no-install-recommends "${missing[@]}")
export DEBIAN_FRONTEND=noninteractive
if [ "$(id -u)" = 0 ]; then
    apt-get update -q </dev/null
    "${install[@]}" </dev/null
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n apt-get update -q </dev/null
    sudo -n env DEBIAN_FRONTEND=noninteractive "${install[@]}" </dev/null
else
    echo "These packages are missing. Install them with:" >&2
    echo "    sudo ${install[*]}" >&2
    exit 1
fi
