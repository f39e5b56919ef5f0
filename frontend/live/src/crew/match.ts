/** Suggestions shown at once. */
export const MOST = 8;

/** As typed without care: no accents, no capitals, straight apostrophes. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('’', "'").toLowerCase();
}

/** Where the cell under the caret begins and ends: lines are cut by newlines, cells by bars. */
export function cellAt(text: string, caret: number): { start: number; end: number } {
  const before = text.slice(0, caret);
  const start = Math.max(before.lastIndexOf('|'), before.lastIndexOf('\n')) + 1;
  const end = text.slice(caret).search(/[|\n]/);
  return { start, end: end < 0 ? text.length : caret + end };
}

/**
 * Words for what was typed of a cell, best first: whole beginnings, then beginnings of a word inside, then what merely
 * contains it. If nothing begins like the cell, its last words count ("Bow in Fer" → "Feron"). `from`: where in `typed`
 * the part begins that a suggestion replaces.
 */
export function suggest(words: readonly string[], typed: string): { from: number; words: string[] } {
  for (const { index } of typed.matchAll(/\S+/g)) {
    const part = fold(typed.slice(index));
    if (index > 0 && typed.slice(0, index).trim() && part.length < 2) continue;
    const inside = !typed.slice(0, index).trim();
    const ranked: string[][] = [[], [], []];
    let exact = false;
    for (const word of words) {
      const folded = fold(word);
      if (folded === part.trimEnd()) exact = true;
      else ranked[rank(folded, part)]?.push(word);
    }
    // What is written out needs no other way to be read, but may be the beginning of something longer.
    const found = exact ? ranked[0]! : inside ? ranked.flat() : [...ranked[0]!, ...ranked[1]!];
    if (exact || found.length) return { from: index, words: [...new Set(found)].slice(0, MOST) };
  }
  return { from: 0, words: [] };
}

function rank(word: string, part: string): number {
  if (word.startsWith(part)) return 0;
  for (let at = word.indexOf(part); at >= 0; at = word.indexOf(part, at + 1))
    if (!/[\p{L}\p{N}]/u.test(word[at - 1]!)) return 1;
  return part.length > 2 && word.includes(part) ? 2 : 3;
}
