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

it.each([
  ['Ctrl Z', false, true],
  ['Ctrl Z', true, false],
  ['Ctrl Shift Z', true, true],
  ['Ctrl Shift Z', false, false],
])('%s with Shift held %s: %s', (keys, shiftKey, same) => {
  const event = { key: shiftKey ? 'Z' : 'z', ctrlKey: true, metaKey: false, altKey: false, shiftKey };
  expect(matches(keys, event)).toBe(same);
});
