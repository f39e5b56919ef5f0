import { expect, it } from 'vitest';
import { atLeast } from './session.svelte';

it.each([
  ['admin', 'viewer', true],
  ['restreamer', 'restreamer', true],
  ['editor', 'restreamer', false],
  [undefined, 'viewer', false],
] as const)('%s includes %s: %s', (has, needs, expected) => {
  expect(atLeast(has, needs)).toBe(expected);
});
