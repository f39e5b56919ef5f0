import { expect, it } from 'vitest';
import { expiresAt, isSpent } from './expiry';

const now = Date.parse('2026-01-01T00:00:00.250Z');

it.each([
  ['day', '2026-01-02T00:00:00Z'],
  ['month', '2026-01-31T00:00:00Z'],
  ['quarter', '2026-03-31T00:00:00Z'],
] as const)('an invitation for a %s ends at %s', (expiry, at) => {
  expect(expiresAt(expiry, now)).toBe(at);
});

it.each([
  [{ expires: '2025-12-31T00:00:00Z' }, true],
  [{ expires: null }, false],
  [{ uses: 1, used: 1 }, true],
  [{ uses: 2, used: 1, expires: '2026-01-02T00:00:00Z' }, false],
  [{ uses: 1, used: 0 }, false],
])('%o is spent: %s', (invite, spent) => {
  expect(isSpent(invite, now)).toBe(spent);
});
