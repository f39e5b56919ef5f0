const JUNK = [
  null, true, false, 0, 1, -1, 2, 0.5, 1e308, 2147483647, -2147483648, 9007199254740993, '', '__proto__', 'constructor', 'host:auto',
  '<script>alert(1)</script>', '\u202e\u0000é𝄞', 'x'.repeat(4096), [], [[[[]]]], {},
  { type: 'host:auto', item: '', count: -1, source: null },
];

/** Actions that nobody should send, made from `examples`: the same examples give the same actions. */
export function* hostile(examples, rounds) {
  let state = 0x9e3779b9;
  // Mulberry32, so that no run depends on a source of chance.
  const draw = (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
  const junk = () => structuredClone(JUNK[draw(JUNK.length)]);
  const bend = (value) => {
    if (Array.isArray(value) && draw(4) > 0) return value.map(bend);
    if (typeof value === 'number' && draw(2) === 0) return value + draw(400) - 200;
    if (typeof value !== 'object' || value === null || draw(8) === 0) return junk();
    const bent = {};
    for (const [key, inner] of Object.entries(value)) {
      const how = draw(6);
      if (how === 0) continue;
      bent[key] = how === 1 ? junk() : how === 2 ? bend(inner) : inner;
    }
    if (draw(4) === 0) bent.unexpected = junk();
    return bent;
  };
  const from = examples.length > 0 ? examples : [{}];
  for (let round = 0; round < rounds; round += 1) {
    const example = structuredClone(from[draw(from.length)]);
    // Every fourth is sent as it is: junk only hurts a state that real actions have moved.
    yield draw(4) === 0 ? example : bend(example);
  }
}
