#!/usr/bin/env bash
# Installs what is missing for building and testing, and says in one line what it cannot.
set -uo pipefail
cd "$(dirname "$0")/.."
missing=()

target=wasm32-unknown-unknown
sysroot=$(rustc --print sysroot) || { echo "setup: rustc is missing; install Rust with rustup" >&2; exit 1; }
if [[ ! -d $sysroot/lib/rustlib/$target/lib ]]; then
  rustup target add "$target" >/dev/null 2>&1 \
    || [[ -d $sysroot/lib/rustlib/src/rust/library/core ]] \
    || missing+=("the wasm target (rustup target add $target)")
fi

# program:package; only what is absent is installed.
wanted=(chromium:chromium cc:build-essential python3:python3)
[[ ${REGIE_SETUP_BENCH:-} ]] && wanted+=(nginx:nginx)
packages=()
for pair in "${wanted[@]}"; do
  command -v "${pair%%:*}" >/dev/null || packages+=("${pair##*:}")
done
# Rooms elsewhere are reached over the system's TLS.
pkg-config --exists openssl 2>/dev/null || packages+=(pkg-config libssl-dev)
# The tests of lobbies: a broker, and plain peers in Python.
command -v mosquitto >/dev/null || [[ -x /usr/sbin/mosquitto ]] || packages+=(mosquitto)
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
# A browser without a single font draws nothing.
compgen -G '/usr/share/fonts/*/*' >/dev/null || packages+=(fonts-dejavu-core)
if [[ ${REGIE_SETUP_BENCH:-} && ! -e /usr/lib/nginx/modules/ngx_nchan_module.so ]]; then
  packages+=(libnginx-mod-nchan)
fi
if ((${#packages[@]})); then
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null; then
    # A broker of the system's own would take the port that the lobby's listens on.
    policy=/usr/sbin/policy-rc.d
    if [[ ! -e $policy ]]; then
      printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy
      trap 'rm -f "$policy"' EXIT
    fi
    if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >/dev/null 2>&1; then
      missing+=("Debian packages: ${packages[*]}")
    fi
    if [[ " ${packages[*]} " == *" mosquitto "* ]] && command -v systemctl >/dev/null; then
      systemctl disable mosquitto >/dev/null 2>&1
    fi
  else
    missing+=("Debian packages: ${packages[*]} (needs root)")
  fi
fi

python=target/python
if ! "$python/bin/python" -c 'import paho.mqtt' 2>/dev/null; then
  { python3 -m venv --clear "$python" && "$python/bin/pip" install --quiet --disable-pip-version-check paho-mqtt==2.1.0; } >/dev/null 2>&1 \
    || missing+=("paho-mqtt 2.1.0 for Python (in $python)")
fi

if ! command -v npm >/dev/null; then
  missing+=("Node 20 with npm")
else
  # Plugins in JavaScript have a lock file of their own.
  for dir in frontend plugins/*/; do
    dir=${dir%/}
    [[ -e $dir/package-lock.json ]] || continue
    if [[ ! -e $dir/node_modules/.package-lock.json || $dir/package-lock.json -nt $dir/node_modules/.package-lock.json ]]; then
      (cd "$dir" && npm ci --no-audit --no-fund --loglevel=error) || missing+=("npm packages (npm ci in $dir/)")
    fi
  done
fi

if ((${#missing[@]})); then
  printf 'setup: could not install: %s\n' "$(IFS=';'; echo "${missing[*]}")" >&2
  # Chromium is only needed by the browser tests, which say so themselves.
  for item in "${missing[@]}"; do case $item in *chromium*) ;; *) exit 1 ;; esac; done
fi
exit 0
