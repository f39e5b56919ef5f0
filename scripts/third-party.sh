#!/usr/bin/env bash
# Writes THIRD-PARTY.md: what the binary and the front end are built from, with licences.
set -euo pipefail
cd "$(dirname "$0")/.."
{
  cat <<'HEAD'
# Third-party notices

Written by `scripts/third-party.sh`. Each work is under the licence named beside it; the texts come with the sources.

## Icons

`plugins/*/assets/icons.png`: Game-icons.net, CC BY 3.0, authors in `CREDITS.md` beside each.

## Rust crates

| crate | version | licence |
|---|---|---|
HEAD
  cargo metadata --format-version 1 --locked --filter-platform x86_64-unknown-linux-gnu \
    | node -e '
      const { packages } = JSON.parse(require("fs").readFileSync(0, "utf8"));
      const rows = packages.filter((p) => p.source).map((p) => `| ${p.name} | ${p.version} | ${p.license} |`);
      console.log([...new Set(rows)].sort().join("\n"));'
  printf '\n## npm packages in what browsers get\n\n| package | version | licence |\n|---|---|---|\n'
  node -e '
    const lock = JSON.parse(require("fs").readFileSync("frontend/package-lock.json", "utf8"));
    const shipped = ["svelte", "@sveltejs/kit", "openapi-fetch", "morphdom"];
    const rows = [];
    for (const [path, p] of Object.entries(lock.packages)) {
      const name = path.split("node_modules/").at(-1);
      if (shipped.includes(name) || name.startsWith("@fontsource")) rows.push(`| ${name} | ${p.version} | ${p.license} |`);
    }
    console.log([...new Set(rows)].sort().join("\n"));'
} > THIRD-PARTY.md
