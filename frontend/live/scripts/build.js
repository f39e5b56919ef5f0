// Builds dist/: one script and one stylesheet a page kind, named by their content; manifest.json says the names:
// {"live","page","crew","race","race_css","replay","overlay","overlay_css"}. The same sources give the same bytes. `build.js DIR` writes elsewhere.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(process.argv[2] ?? join(root, 'dist'));

// Key in the manifest, which begins the file's name, too: [script, stylesheet].
const pages = {
  live: ['live', 'page'],
  crew: ['crew'],
  race: ['race', 'race_css'],
  replay: ['replay'],
  overlay: ['overlay', 'overlay_css'],
};

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const manifest = {};
// A build of its own for each: no chunk is shared, so nothing is loaded that the page does not name.
for (const [entry, [script, style = script]] of Object.entries(pages)) {
  const { output } = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: {
      target: 'chrome103',
      outDir: dist,
      emptyOutDir: false,
      assetsInlineLimit: 0,
      modulePreload: false,
      rolldownOptions: {
        input: join(root, `src/${entry}.ts`),
        output: {
          entryFileNames: '[name]-[hash].js',
          assetFileNames: `${style.replace('_css', '')}-[hash][extname]`,
        },
      },
    },
  });
  for (const { fileName } of output) manifest[fileName.endsWith('.css') ? style : script] = fileName;
}
writeFileSync(join(dist, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(manifest);
