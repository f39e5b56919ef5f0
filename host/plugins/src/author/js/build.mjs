// Run by `regie plugin build` and `dev` with Node, from the plugin's own node_modules: one bundle of the author's modules, then a
// component of it. Each line on standard input asks for a build, and each is answered by a line; what is wrong stands there too, in the
// author's terms. Later builds of one process are much faster: what made the first one is compiled by then.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

import { componentize } from '@bytecodealliance/componentize-js';
import * as esbuild from 'esbuild';

class Wrong extends Error {}

for await (const line of createInterface({ input: process.stdin })) {
  const work = await mkdtemp(join(tmpdir(), 'regie-js-'));
  let answer;
  try {
    await build(JSON.parse(line), work);
    answer = {};
  } catch (error) {
    answer = { wrong: error?.message ?? String(error) };
  }
  await rm(work, { recursive: true, force: true });
  console.log(JSON.stringify(answer));
}
await esbuild.stop();

async function build({ dir, kind, stateVersion, wit, out }, work) {
  const { main = 'src/plugin.js' } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8'));
  const source = resolve(dir, main);
  const plugin = await load(dir, source, work);
  if (plugin?.kind === undefined) {
    throw new Wrong(`${main} has no \`export default defineTracker({…})\` (or defineIndices, defineRace)`);
  }
  if (plugin.kind !== kind) throw new Wrong(`${main} defines a plugin of kind ${plugin.kind}, and plugin.toml says ${kind}`);
  if (stateVersion > 1 && !plugin.migrate) {
    throw new Wrong(`plugin.toml has state_version = ${stateVersion}, and ${main} has no \`migrate\` for older documents`);
  }
  const names = ['hooks', ...(kind === 'race' ? ['race'] : []), ...(plugin.migrate ? ['migration'] : [])];
  const entry = `
    import plugin from ${JSON.stringify(source)};
    import { log } from 'regie:plugin/log@1.0.0';
    import { component } from '@regie/sdk/guest';
    const made = component(plugin, log);
    ${names.map((name) => `export const ${name} = made.${name};`).join('\n')}`;
  const bundle = join(work, 'plugin.js');
  const stdin = { contents: entry, resolveDir: dir, sourcefile: 'entry.js' };
  await pack(dir, { stdin, external: ['regie:*'], outfile: bundle });

  const world = `world built { include ${kind === 'race' ? 'race-mode' : kind}; ${plugin.migrate ? 'include migrating;' : ''} }`;
  const interfaces = join(work, 'plugin.wit');
  await writeFile(interfaces, `${wit}\n${world}\n`);
  const { component } = await componentize({
    sourcePath: bundle,
    witPath: interfaces,
    worldName: 'built',
    disableFeatures: ['random', 'stdio', 'clocks', 'http', 'fetch-event'],
  });
  await writeFile(out, component);
}

/** The plugin as Node sees it: what it is, and whether its modules can be loaded at all. */
async function load(dir, source, work) {
  const probe = join(work, 'probe.mjs');
  await pack(dir, { entryPoints: [source], outfile: probe });
  try {
    return (await import(pathToFileURL(probe))).default;
  } catch (error) {
    throw new Wrong(`the plugin fails while it is loaded: ${error?.message ?? error}`);
  }
}

async function pack(dir, options) {
  try {
    await esbuild.build({
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      target: 'es2022',
      logLevel: 'silent',
      absWorkingDir: dir,
      ...options,
    });
  } catch (error) {
    if (!error.errors) throw error;
    const formatted = await esbuild.formatMessages(error.errors, { kind: 'error', color: false });
    throw new Wrong(formatted.join('').trim());
  }
}
