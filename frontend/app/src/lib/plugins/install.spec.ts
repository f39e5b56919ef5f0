import { expect, it } from 'vitest';
import { isPackage } from './install';

it.each([
  ['tracker.zip', '', true],
  ['TRACKER.ZIP', 'application/zip', true],
  ['tracker', 'application/x-zip-compressed', true],
  ['picture.png', 'image/png', false],
])('%s of type %j is a package: %s', (name, type, yes) => {
  expect(isPackage({ name, type })).toBe(yes);
});
