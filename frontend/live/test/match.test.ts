import { describe, expect, it } from 'vitest';
import { cellAt, fold, MOST, suggest } from '../src/crew/match';

describe('the cell under the caret', () => {
  it.each([
    ['|', '', ''],
    ['abc|', 'abc', ''],
    ['a^b|c', 'b', 'c'],
    ['a^b\n c|d ^e', ' c', 'd '],
    ['one\ntw|o\nthree', 'tw', 'o'],
    ['one^|two', '', 'two'],
  ])('of %j', (drawn, before, after) => {
    // `|` is the caret here, `^` a bar.
    const caret = drawn.indexOf('|');
    const text = drawn.replace('|', '').replaceAll('^', '|');
    const { start, end } = cellAt(text, caret);
    expect([text.slice(start, caret), text.slice(caret, end)]).toEqual([before, after]);
  });
});

describe('suggestions', () => {
  const words = ['Feron Woods', 'Deep Woods', 'Forêt de Firon', 'Kim’s Crystals', 'Bow', 'Iron Bow', 'Skyline'];
  it.each([
    ['f', ['Feron Woods', 'Forêt de Firon']],
    ['WOO', ['Feron Woods', 'Deep Woods']],
    ['foret', ['Forêt de Firon']],
    ["kim's", ['Kim’s Crystals']],
    // Beginnings first, then words inside, then what contains it.
    ['bow', []],
    ['bo', ['Bow', 'Iron Bow']],
    ['ron', ['Feron Woods', 'Forêt de Firon', 'Iron Bow']],
    ['ro', []],
    [' sky', ['Skyline']],
    ['bow in fer', ['Feron Woods']],
    ['bow in f', []],
    ['bow in ', []],
    ['skyline', []],
    ['zzz', []],
    ['', []],
  ])('for %j', (typed, expected) => {
    expect(suggest(words, typed).words).toEqual(expected);
  });

  it('replace only the part they are for', () => {
    expect(suggest(words, 'bow in fer').from).toBe(7);
    expect(suggest(words, '  fer').from).toBe(2);
  });

  it('are no more than fit, and each once', () => {
    const many = Array.from({ length: 30 }, (_, i) => `Item ${i % 20}`);
    const found = suggest(many, 'item').words;
    expect(found).toHaveLength(MOST);
    expect(new Set(found).size).toBe(MOST);
  });

  it('fold what looks alike', () => {
    expect(fold('Éclair d’Or')).toBe("eclair d'or");
  });
});
