import { expect, it } from 'vitest';
import { matches } from './shortcuts.svelte';

const press = (key: string, held: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});

it.each([
  ['Ctrl K', press('k', { ctrlKey: true }), true],
  ['Ctrl K', press('K', { metaKey: true }), true],
  ['Ctrl K', press('k'), false],
  ['n', press('n'), true],
  ['n', press('n', { ctrlKey: true }), false],
  ['n', press('n', { altKey: true }), false],
  ['?', press('?'), true],
])('%s is %o: %s', (keys, event, expected) => {
  expect(matches(keys, event)).toBe(expected);
});
