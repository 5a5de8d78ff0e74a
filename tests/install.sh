#!/usr/bin/env bash
# What the tests use beside Rust and Node.js: phones and a registrar that nobody here wrote, a browser, PostgreSQL, sound tools.
# Installs only what is missing; names the command where it may not.
set -euo pipefail

packages=(sip-tester baresip kamailio kamailio-tls-modules coturn tshark chromium fonts-noto-cjk postgresql openssl sox python3-venv)

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done

install=(apt-get install -y --no-install-recommends "${missing[@]}")
export DEBIAN_FRONTEND=noninteractive
if [ ${#missing[@]} = 0 ]; then
    echo "every package is there"
elif [ "$(id -u)" = 0 ]; then
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

# Tests start their own Kamailio and coturn; the packages' would sit on their ports.
for service in kamailio coturn; do
    if [[ " ${missing[*]} " == *" $service "* ]] && command -v systemctl >/dev/null; then
        as_root=()
        [ "$(id -u)" = 0 ] || as_root=(sudo -n)
        "${as_root[@]}" systemctl disable --now "$service" >/dev/null 2>&1 || true
    fi
done

# pjsua2, a phone in a Python wheel, beside the tests.
venv=$(dirname "$0")/.cache/venv
wheel=pjsua2-python==2.15.1.post1
if ! "$venv/bin/python" -c 'import pjsua2' 2>/dev/null; then
    echo "installing $wheel into $venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "$wheel"
fi
