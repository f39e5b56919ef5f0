// Draws one sheet of icons for a tracker, from the npm package `@iconify-json/game-icons`. The page then loads one picture instead
// of sixty, and a cell's markup names its icon by a class:
//
//   npm pack @iconify-json/game-icons && tar xf iconify-json-game-icons-*.tgz && npm install sharp
//   SHARP=$PWD node scripts/icon-sheet.mjs plugins/tracker-ssr package/icons.json
//
// The plugin's `tools/icons.mjs` says which icons, `tools/authors.json` who drew what, after the folders of the collection's own
// repository. Run at development time only; what it writes (assets/icons.png, icons.css, CREDITS.md) is committed.
//
// The sheet is pixels, not an SVG: a browser draws all of an SVG again for each cell that shows a part of it (120 ms a redraw of a
// hundred cells, measured; 15 ms as single files, 8 ms so). Drawing takes `sharp`, by its folder in SHARP.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const COLUMNS = 8;
const TILE = 512;
// Space between two tiles, so that no edge shows its neighbour's at odd sizes.
const PITCH = 544;
// A tile on the sheet in pixels: what the largest cell takes, half as large again.
const PIXELS = 112;

const PALETTE = {
  wood: '#d09a5b',
  steel: '#c9d3e2',
  sky: '#74bdf7',
  white: '#f6f3ea',
  violet: '#b99cf5',
  gold: '#f5c84c',
  leaf: '#79d071',
  fire: '#f57a55',
  rose: '#f49bbd',
  teal: '#5ed6c6',
  sand: '#e6cd9c',
  ink: '#14161e',
};

// What the collection lacks.
const DRAWN = {
  slingshot:
    '<g fill="none" stroke="currentColor" stroke-linecap="round"><path stroke-width="52" d="M256 466V318M256 318C176 288 128 214 122 96M256 318c80-30 128-104 134-222"/><path stroke-width="18" d="M122 112Q256 262 390 112"/></g><rect x="214" y="160" width="84" height="46" rx="16" fill="currentColor"/>',
  tick: '<path fill="none" stroke="currentColor" stroke-width="58" d="M341.3 209.9H406.2V59.7" transform="rotate(42 388.3 149.3)"/>',
  note: '<g><circle cx="408" cy="104" r="104" fill="#12141b"/><path fill="#f6f3ea" d="M392 40l64 16v36l-40-10v62a34 28 0 1 1-24-27z"/></g>',
};

// In the corner of a cell that is complete.
const MARKS = { '.done::after': 'tick' };

/**
 * What `tools/icons.mjs` exports.
 * @typedef {object} Sheet
 * @property {Record<string, [string, string[]]>} icons id: drawing (or `own:name`) and a colour for each level, one where there are no
 *   levels; `+extra` adds an own drawing to one of the set's, such as the small note of songs
 * @property {Record<string, string>} [own] drawings of the plugin's own
 * @property {Record<string, [number, string]>} [frames] what `+name` puts around a drawing, and the scale of the drawing in it
 * @property {{changed: string, own: string}} notes what was changed, and what was drawn for the package
 */

const [plugin, collection] = process.argv.slice(2);
if (!collection) {
  console.error('usage: node scripts/icon-sheet.mjs PLUGIN-FOLDER ICONS.JSON');
  process.exit(2);
}
const tools = resolve(plugin, 'tools');
const sheet = await import(pathToFileURL(join(tools, 'icons.mjs')));
const authors = JSON.parse(readFileSync(join(tools, 'authors.json')));
await draw(sheet, JSON.parse(readFileSync(collection)).icons, authors, resolve(plugin, 'assets'));

/**
 * @param {Sheet} sheet
 * @param {Record<string, {body: string}>} set the collection
 * @param {{people: object, drawings: object}} authors
 * @param {string} assets the folder that is written to
 */
async function draw({ icons: listed, own: added = {}, frames = {}, notes }, set, authors, assets) {
  const icons = { ...listed, tick: ['own:tick', ['ink']] };
  const own = { ...DRAWN, ...added };
  const body = (drawing) => {
    if (drawing.startsWith('own:')) return own[drawing.slice(4)];
    const [name, extra] = drawing.split('+');
    if (!set[name]) throw new Error(`no drawing ${name}`);
    if (frames[extra]) {
      const [scale, frame] = frames[extra];
      const at = (TILE * (1 - scale)) / 2;
      return `<g transform="translate(${at} ${at}) scale(${scale})">${set[name].body}</g>${frame}`;
    }
    return extra ? `<g transform="translate(-8 40) scale(.92)">${set[name].body}</g>${own[extra]}` : set[name].body;
  };
  const drawings = [...new Set(Object.values(icons).map(([drawing]) => drawing))];
  const tiles = Object.entries(icons).flatMap(([id, [drawing, colours]]) =>
    colours.map((colour, level) => ({ name: colours.length === 1 ? id : `${id}-${level + 1}`, drawing, colour })),
  );
  const rows = Math.ceil(tiles.length / COLUMNS);
  const place = (index) => [index % COLUMNS, Math.floor(index / COLUMNS)];
  const defs = drawings.map((drawing, index) => `<g id="d${index}">${body(drawing)}</g>`);
  const uses = tiles.map(({ drawing, colour }, index) => {
    const [x, y] = place(index);
    const fill = PALETTE[colour];
    return `<use href="#d${drawings.indexOf(drawing)}" x="${x * PITCH}" y="${y * PITCH}" color="${fill}"/>`;
  });
  const [width, height] = [COLUMNS * PITCH, rows * PITCH];
  const size = [width, height].map((side) => Math.round((side * PIXELS) / TILE));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${size[0]}" height="${size[1]}"><defs>${defs.join('')}</defs>${uses.join('')}</svg>`;
  const sharp = createRequire(join(process.env.SHARP ?? process.cwd(), 'x.js'))('sharp');
  const picture = sharp(Buffer.from(svg)).png({ palette: true, colours: 256, effort: 10 });
  await picture.toFile(join(assets, 'icons.png'));
  writeFileSync(join(assets, 'icons.css'), css(tiles, place, rows));
  writeFileSync(join(assets, 'CREDITS.md'), credits(drawings, authors, notes));
}

/** A position in per cent counts from edge to edge of what overhangs: one step is PITCH of (all - TILE). */
function css(tiles, place, rows) {
  const percent = (value) => `${+(value * 100).toFixed(4)}%`;
  const step = (count) => percent(PITCH / (count * PITCH - TILE));
  const where = (index) => `--x: ${place(index)[0]}; --y: ${place(index)[1]}`;
  const selectors = ['.cell::before', ...Object.keys(MARKS)].join(',\n');
  const shown = Object.entries(MARKS).map(([selector, name]) => {
    return `${selector} { ${where(tiles.findIndex((tile) => tile.name === name))}; }`;
  });
  return `/* Written by scripts/icon-sheet.mjs. */
${selectors} {
  background-image: url("icons.png");
  background-repeat: no-repeat;
  background-position: calc(var(--x) * ${step(COLUMNS)}) calc(var(--y) * ${step(rows)});
  background-size: ${percent((COLUMNS * PITCH) / TILE)} ${percent((rows * PITCH) / TILE)};
}
${tiles.map(({ name }, index) => `.i-${name} { ${where(index)}; }`).join('\n')}
${shown.join('\n')}
`;
}

function credits(drawings, { people, drawings: drawn }, notes) {
  const byAuthor = new Map();
  const names = new Set(drawings.filter((name) => !name.startsWith('own:')).map((name) => name.split('+')[0]));
  for (const name of [...names].sort()) {
    if (!drawn[name]) throw new Error(`who drew ${name}?`);
    byAuthor.set(drawn[name], [...(byAuthor.get(drawn[name]) ?? []), name]);
  }
  const lines = [...byAuthor].map(([author, names]) => {
    const { name, home } = people[author];
    return `- ${name}${home ? ` (${home})` : ''}: ${names.join(', ')}`;
  });
  return `# Credits

The icons in this package are from Game-icons.net (https://game-icons.net), used under the Creative Commons Attribution 3.0
licence (https://creativecommons.org/licenses/by/3.0/). ${notes.changed}

Icons made by:

${lines.join('\n')}

${notes.own}
`;
}
