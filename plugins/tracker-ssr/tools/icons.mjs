// What `node scripts/icon-sheet.mjs` draws for this plugin.

// item: [drawing, colours of its levels]; one colour where the item has no levels. `+note` adds a small note, as on songs.
export const icons = {
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

export const own = {
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

for (const piece of Object.keys(places)) own[piece] = triforce(piece);

export const notes = {
  changed: "They were recoloured and, for songs, given a small note.",
  own: "The slingshot, the pair of notes, the tick and the three parts of the Triforce were drawn for this package.",
};
