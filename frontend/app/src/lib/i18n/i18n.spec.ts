import { expect, it } from 'vitest';
import { chooseLocale, distance, fill } from './i18n.svelte';

it.each([
  ['a {x} c', { x: 'b' }, 'a b c'],
  ['{n} of {n}', { n: 0 }, '0 of 0'],
  ['{who}', {}, '{who}'],
])('%s with %o is %s', (sentence, values, text) => {
  expect(fill(sentence, values)).toBe(text);
});

it.each([
  ['fr', ['en-GB'], 'fr'],
  [null, ['de', 'fr-CA', 'en'], 'fr'],
  ['xx', ['de'], 'en'],
  [null, [], 'en'],
])('a device that saved %s and asks for %o gets %s', (saved, wanted, locale) => {
  expect(chooseLocale(saved, wanted)).toBe(locale);
});

it.each([
  [-900, [0, 'second']],
  [-59_000, [-59, 'second']],
  [-90_000, [-1, 'minute']],
  [7_300_000, [2, 'hour']],
  [-200_000_000, [-2, 'day']],
])('%d ms away is %o', (ms, said) => {
  expect(distance(ms)).toEqual(said);
});
