import { expect, it } from 'vitest';
import { chooseLocale, fill } from './i18n.svelte';

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
