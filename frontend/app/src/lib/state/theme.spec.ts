import { expect, it } from 'vitest';
import { painted } from './theme.svelte';

it.each([
  ['dark', true, 'dark'],
  ['light', false, 'light'],
  ['system', true, 'light'],
  ['system', false, 'dark'],
] as const)('theme %s on a system that is light: %s paints %s', (theme, systemIsLight, scheme) => {
  expect(painted(theme, systemIsLight)).toBe(scheme);
});
