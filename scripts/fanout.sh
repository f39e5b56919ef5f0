#!/usr/bin/env bash
# Fan-out to many viewers: the whole server, nginx + nchan and a floor that only writes, in one run. Server on core 0, load on core 1.
# Each line of JSON: latency of a delivery, µs of the server's CPU for one, KiB a connection, what was lost.
set -euo pipefail
cd "$(dirname "$0")/.."
ulimit -n 20000
dir=$(mktemp -d)
bin=target/release
token=bootstrap-token-of-the-bench-0123456789
seconds=${SECONDS_EACH:-12}
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$dir"
}
trap cleanup EXIT

mkdir -p "$dir/instance/plugins"
cp -r target/fixtures/tracker-probe "$dir/instance/plugins/"
REGIE_BOOTSTRAP_TOKEN=$token REGIE_LOG=warn REGIE_LIVE_VIEWER_INTERVAL_MS=20 taskset -c 0 \
  "$bin/regie" serve --instance "$dir/instance" --listen 127.0.0.1:0 --ready-file "$dir/ready" &
regie=$!
pids+=("$regie")
until [[ -e $dir/ready ]]; do sleep 0.05; done
address=$(sed -E 's#.*http://([^"]+)".*#\1#' "$dir/ready")
until curl -sf "http://$address/api/trackers" | grep -q tracker-probe; do sleep 0.1; done
id=$(curl -sf "http://$address/api/restreams" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
  -d '{"slug":"bench","title":"Bench","tracker_type":"tracker-probe"}' | sed -E 's/.*"id":([0-9]+).*/\1/')

port=18090
sed -e "s#@DIR@#$dir#; s#@PORT@#$port#" scripts/nchan.conf | sed "s#@DIR@#$dir#g" > "$dir/nginx.conf"
taskset -c 0 nginx -c "$dir/nginx.conf" -g 'daemon off;' 2>"$dir/nginx.out" &
nginx=$!
pids+=("$nginx")

taskset -c 0 "$bin/examples/fanout-server" --floor --listen 127.0.0.1:18091 > "$dir/floor" &
floor=$!
pids+=("$floor")
sleep 1

load() { # label mode address path publish subscribe bearer pid more…
  local label=$1 mode=$2 to=$3 path=$4 publish=$5 subscribe=$6 bearer=$7 pid=$8
  shift 8
  local arguments=(--label "$label" --mode "$mode" --address "$to" --path "$path" --publish "$publish" --pid "$pid" --seconds "$seconds" --rate 10)
  [[ $subscribe ]] && arguments+=(--subscribe "$subscribe")
  [[ $bearer ]] && arguments+=(--bearer "$bearer")
  taskset -c 1 "$bin/examples/fanout-client" "${arguments[@]}" "$@" || echo "{\"label\":\"$label\",\"failed\":true}"
  sleep 1
}
block='{"subscribe":[{"topic":"tracker/'$id'/main","surface":"overlay:default"}]}'
# Whoever joins gets the newest picture: without a number in it, so that it does not count as one of this run's.
clear() {
  curl -sf "http://$address/bench/tracker/update" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
    -d '{"action":{"do":"text","text":"-"}}' > /dev/null
}
regie_ws() { clear; load regie ws "$address" /live /bench/tracker/update "$block" "$token" "$regie" "$@"; }
regie_sse() { clear; load regie sse "$address" /bench/tracker/stream /bench/tracker/update "" "$token" "$regie" "$@"; }
nchan() { local mode=$1; shift; load nchan "$mode" 127.0.0.1:$port /sub /pub "" "" "$nginx" "$@"; }
bare() { local mode=$1 path=$2; shift 2; load floor "$mode" 127.0.0.1:18091 "$path" /pub "" "" "$floor" "$@"; }

for viewers in ${VIEWERS:-1000 5000}; do
  for size in ${SIZES:-1024 6144}; do
    regie_ws --viewers "$viewers" --size "$size"
    nchan ws --viewers "$viewers" --size "$size"
    bare ws /live --viewers "$viewers" --size "$size"
    regie_sse --viewers "$viewers" --size "$size"
    nchan sse --viewers "$viewers" --size "$size"
    bare sse /sub --viewers "$viewers" --size "$size"
  done
done
echo "-- a storm of 5,000 reconnections in mid-run, and 50 viewers that never read"
regie_ws --viewers 5000 --size 1024 --slow 50 --storm-at 5
nchan ws --viewers 5000 --size 1024 --slow 50 --storm-at 5
