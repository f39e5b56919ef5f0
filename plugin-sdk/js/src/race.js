/** Sorts by `key` (a number or a list of numbers), least first, and gives places; who has an equal key shares one. */
export function ranked(standings, key) {
  const keyed = standings.map((standing) => ({ standing, key: [key(standing)].flat() }));
  keyed.sort((a, b) => compare(a.key, b.key));
  let place = 1;
  const participants = keyed.map(({ standing, key }, index) => {
    if (index > 0 && compare(keyed[index - 1].key, key) !== 0) place = index + 1;
    return { ...standing, place };
  });
  return { participants };
}

function compare(a, b) {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
