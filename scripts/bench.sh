#!/usr/bin/env bash
# One run of every measurement, on release builds: hooks, store, the whole server, fan-out against its peers, clicks in Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."
REGIE_SETUP_BENCH=1 scripts/setup.sh
export REGIE_BINARY=$PWD/target/release/regie
cargo build --release -p regie-server
cargo build --release -p regie-live --examples
echo "== store: durable commits"
cargo bench -q -p regie-store
echo "== plugins: cost of a call, against the same code native"
cargo bench -q -p regie-tests --bench hooks
echo "== server"
cargo bench -q -p regie-tests --bench server
echo "== packs: a seed of 500 MB, against reading its files"
cargo bench -q -p regie-tests --bench packs
echo "== races: 100 rooms of 8 games and 10 spectators, against a floor that forwards the same bytes"
cargo bench -q -p regie-tests --bench races
echo "== lobby: 1,000 plain peers in 100 sessions, against the same brokers without an arbiter"
cargo bench -q -p regie-tests --bench lobby
REGIE_BENCH_BROKER=mosquitto cargo bench -q -p regie-tests --bench lobby
echo "== fan-out, against nginx + nchan and a floor that only writes"
scripts/fanout.sh
echo "== Chromium"
npm --prefix frontend run bench
