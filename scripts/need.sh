#!/usr/bin/env bash
# What must be on the machine before anything can be built: a C compiler, Cargo and, for the desktop, Node.js.
# Installs what Debian or Ubuntu offer when it may (root), and otherwise names the command.
set -euo pipefail

node_wanted=20
missing=()

have() { command -v "$1" >/dev/null 2>&1; }
node_major() { node --version 2>/dev/null | sed -n 's/^v\([0-9]*\).*/\1/p'; }
node_fits() { have node && [ "$(node_major)" -ge "$node_wanted" ]; }

have cc || missing+=(build-essential)
have git || missing+=(git)
if ! node_fits || ! have npm; then
    # Old releases of Debian carry an old Node.js: take theirs only where it is new enough.
    offered=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: *\([0-9]*\)\..*/\1/p')
    if [ -n "$offered" ] && [ "$offered" -ge "$node_wanted" ]; then
        missing+=(nodejs npm)
    else
        echo "Node.js $node_wanted or newer with npm is needed (found: $(node --version 2>/dev/null || echo none))." >&2
        echo "Install it from https://nodejs.org/en/download and start again." >&2
        exit 1
    fi
fi
if ! have cargo; then
    echo "Rust is needed: install it from https://rustup.rs and start again." >&2
    exit 1
fi
[ ${#missing[@]} -gt 0 ] || exit 0

install="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" = 0 ] && have apt-get; then
    echo "installing: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q </dev/null
    $install </dev/null
else
    echo "These system packages are missing: ${missing[*]}. Install them with:" >&2
    echo "    sudo $install" >&2
    exit 1
fi
