// @vitest-environment node
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const again = mkdtempSync(join(tmpdir(), 'regie-live-'));
afterAll(() => rmSync(again, { recursive: true }));

const files = (dir: string) =>
  Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), 'utf8')]));

it('the same sources give the same bytes, by the names the manifest says', { timeout: 60_000 }, () => {
  execFileSync(process.execPath, ['scripts/build.js', again]);
  const dist = files('dist');
  expect(files(again)).toEqual(dist);
  const manifest = JSON.parse(dist['manifest.json']!) as Record<string, string>;
  expect(Object.keys(manifest).sort()).toEqual([
    'crew',
    'live',
    'overlay',
    'overlay_css',
    'page',
    'race',
    'race_css',
    'replay',
  ]);
  expect(Object.keys(dist).sort()).toEqual([...Object.values(manifest), 'manifest.json'].sort());
});
