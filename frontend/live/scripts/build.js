// Builds dist/: one script and one stylesheet a page kind, named by their content; manifest.json says the names, and
// words.json what the pages say, by locale. The same sources give the same bytes.
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'vite';

const root = new URL('..', import.meta.url);
const dist = new URL('dist/', root);
const locales = new URL('../locales/live/', root);
const write = (name, value) => writeFileSync(new URL(name, dist), `${JSON.stringify(value, null, 2)}\n`);

rmSync(dist, { recursive: true, force: true });
const manifest = {};
// A build of its own for each: no chunk is shared, so a page loads one script.
for (const entry of ['live', 'overlay']) {
  const { output } = await build({
    root: root.pathname,
    configFile: false,
    logLevel: 'warn',
    build: {
      target: 'chrome103',
      emptyOutDir: false,
      assetsInlineLimit: 0,
      modulePreload: false,
      rolldownOptions: {
        input: new URL(`src/${entry}.ts`, root).pathname,
        output: { entryFileNames: '[name]-[hash].js', assetFileNames: '[name]-[hash][extname]' },
      },
    },
  });
  for (const { fileName } of output) manifest[fileName.endsWith('.css') ? `${entry}.css` : entry] = fileName;
}
write('manifest.json', manifest);
write(
  'words.json',
  Object.fromEntries(
    readdirSync(locales)
      .sort()
      .map((file) => [file.replace('.json', ''), JSON.parse(readFileSync(new URL(file, locales), 'utf8'))]),
  ),
);
console.log(manifest);
