// Draws assets/icons and assets/CREDITS.md from the npm package `@iconify-json/game-icons`:
//
//   npm pack @iconify-json/game-icons && tar xf iconify-json-game-icons-*.tgz
//   node tools/icons.mjs package/icons.json
//
// Run at development time only; what it writes is committed.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const palette = {
  wood: "#d09a5b",
  steel: "#c9d3e2",
  sky: "#74bdf7",
  white: "#f6f3ea",
  violet: "#b99cf5",
  gold: "#f5c84c",
  leaf: "#79d071",
  fire: "#f57a55",
  rose: "#f49bbd",
  teal: "#5ed6c6",
  sand: "#e6cd9c",
};

// item: [drawing, colours of its levels]; one colour where the item has no levels. `+note` adds a small note, as on songs.
const items = {
  epee: ["broadsword", ["wood", "steel", "sky", "white", "violet", "gold"]],
  beetle: ["flying-beetle", ["sand", "teal", "sky", "gold"]],
  bow: ["pocket-bow", ["wood", "steel", "gold"]],
  slingshot: ["own:slingshot", ["wood", "gold"]],
  clawshots: ["harpoon-chain", ["steel"]],
  bomb: ["unlit-bomb", ["sky"]],
  whip: ["whip", ["wood"]],
  bugnet: ["bug-net", ["leaf", "gold"]],
  gustbellows: ["tornado", ["teal"]],
  mitts: ["winter-gloves", ["wood", "fire"]],
  water_scale: ["sea-dragon", ["sky"]],
  fireshield: ["drop-earrings", ["fire"]],
  sailcloth: ["parachute", ["white"]],
  stone_of_trials: ["rune-stone", ["teal"]],
  tablets_emerald: ["stone-tablet", ["leaf"]],
  tablets_ruby: ["stone-tablet", ["fire"]],
  tablets_amber: ["stone-tablet", ["gold"]],
  harp: ["harp", ["gold"]],
  ballad: ["own:notes", ["white"]],
  farore_courage: ["fluffy-trefoil+note", ["leaf"]],
  nayru_wisdom: ["water-drop+note", ["sky"]],
  din_power: ["flame+note", ["fire"]],
  soth: ["music-spell", ["sand", "sand", "gold"]],
  triforces_courage: ["own:courage", ["gold"]],
  triforces_power: ["own:power", ["gold"]],
  triforces_wisdom: ["own:wisdom", ["gold"]],
  cawlin_letter: ["envelope", ["rose"]],
  horned_beetle: ["long-antennae-bug", ["violet"]],
  rattle: ["maracas", ["rose"]],
  tumbleweed: ["tumbleweed", ["sand"]],
  gratitude: ["floating-crystal", ["gold"]],
  pouch: ["swap-bag", ["wood"]],
  bottle: ["square-bottle", ["sky"]],
  wallet: ["wallet", ["wood", "leaf", "violet", "gold"]],
  wallet_bonus: ["two-coins", ["sand", "sand", "gold"]],
  spiralcharge: ["eagle-emblem", ["fire"]],
  tadtones: ["tadpole+note", ["teal"]],
  caves_key: ["skeleton-key", ["sand"]],
  seachart: ["treasure-map", ["sand"]],
  life_tree_fruit: ["shiny-apple", ["fire"]],
  scrapper: ["vintage-robot", ["steel"]],
  key_pieces: ["jigsaw-piece", ["sand"]],
  smallkey: ["key", ["steel"]],
  golden_carving: ["cloud-ring", ["gold"]],
  dragon_sculpture: ["dragon-head", ["gold"]],
  ancient_circuit: ["circuitry", ["gold"]],
  blessed_idol: ["totem-head", ["gold"]],
  squid_carving: ["squid", ["gold"]],
  mysterious_crystals: ["cubeforce", ["gold"]],
  go: ["checkered-flag", ["leaf"]],
};

// Who drew what, after the folders of the collection's own repository.
const authors = JSON.parse(readFileSync(new URL("authors.json", import.meta.url)));

const own = {
  slingshot:
    '<g fill="none" stroke="currentColor" stroke-linecap="round"><path stroke-width="52" d="M256 466V318M256 318C176 288 128 214 122 96M256 318c80-30 128-104 134-222"/><path stroke-width="18" d="M122 112Q256 262 390 112"/></g><rect x="214" y="160" width="84" height="46" rx="16" fill="currentColor"/>',
  notes: '<path fill="currentColor" d="M178 100l238-56v312a66 54 0 1 1-42-50V152l-154 36v216a66 54 0 1 1-42-50z"/>',
};

const triangle = (x, y) => `M${x} ${y}l112 194h-224z`;
const places = { power: [256, 44], wisdom: [136, 252], courage: [376, 252] };
function triforce(piece) {
  const drawn = Object.entries(places).map(([name, [x, y]]) =>
    name === piece
      ? `<path fill="currentColor" d="${triangle(x, y)}"/>`
      : `<path fill="none" stroke="currentColor" stroke-width="14" stroke-opacity=".55" stroke-linejoin="round" d="${triangle(x, y)}"/>`,
  );
  return drawn.join("");
}

const note =
  '<g><circle cx="408" cy="104" r="104" fill="#12141b"/><path fill="#f6f3ea" d="M392 40l64 16v36l-40-10v62a34 28 0 1 1-24-27z"/></g>';

function draw(name) {
  if (name.startsWith("own:")) return own[name.slice(4)] ?? triforce(name.slice(4));
  const [drawing, extra] = name.split("+");
  const icon = set.icons[drawing];
  if (!icon) throw new Error(`no drawing ${drawing}`);
  return extra ? `<g transform="translate(-8 40) scale(.92)">${icon.body}</g>${note}` : icon.body;
}

const set = JSON.parse(readFileSync(process.argv[2]));
const assets = join(dirname(fileURLToPath(import.meta.url)), "..", "assets");
rmSync(join(assets, "icons"), { recursive: true, force: true });
mkdirSync(join(assets, "icons"), { recursive: true });
for (const [id, [drawing, colours]] of Object.entries(items)) {
  colours.forEach((colour, level) => {
    const body = draw(drawing).replaceAll("currentColor", palette[colour]);
    const file = colours.length === 1 ? `${id}.svg` : `${id}-${level + 1}.svg`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">${body}</svg>\n`;
    writeFileSync(join(assets, "icons", file), svg);
  });
}

const drawings = new Set(Object.values(items).map(([drawing]) => drawing.split("+")[0]));
const byAuthor = new Map();
for (const drawing of [...drawings].filter((name) => !name.startsWith("own:")).sort()) {
  const author = authors.drawings[drawing];
  if (!author) throw new Error(`who drew ${drawing}?`);
  byAuthor.set(author, [...(byAuthor.get(author) ?? []), drawing]);
}
const lines = [...byAuthor].map(([author, names]) => {
  const { name, home } = authors.people[author];
  return `- ${name}${home ? ` (${home})` : ""}: ${names.join(", ")}`;
});
writeFileSync(
  join(assets, "CREDITS.md"),
  `# Credits

The icons in this package are from Game-icons.net (https://game-icons.net), used under the Creative Commons Attribution 3.0
licence (https://creativecommons.org/licenses/by/3.0/). They were recoloured and, for songs, given a small note.

Icons made by:

${lines.join("\n")}

The slingshot, the pair of notes and the three parts of the Triforce were drawn for this package.
`,
);
