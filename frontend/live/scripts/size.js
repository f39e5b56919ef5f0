// Fails when a page's script outgrows its budget (bytes, gzipped at level 9).
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const budgets = { overlay: 6_000, live: 10_000, crew: 4_000, race: 4_000, replay: 6_000 };

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8'));
for (const [entry, budget] of Object.entries(budgets)) {
  const size = gzipSync(readFileSync(new URL(manifest[entry], dist)), { level: 9 }).length;
  console.log(`${entry}: ${size} of ${budget} bytes gzipped`);
  if (size > budget) {
    console.error(`${entry} is ${size - budget} bytes over its budget`);
    process.exitCode = 1;
  }
}
