import { expect, it } from 'vitest';
import { fromLocalInput, localInput, when } from './when';

it('a start that is typed in comes back to the field as it was typed', () => {
  const typed = '2026-03-01T20:30';
  expect(localInput(fromLocalInput(typed))).toBe(typed);
});

it.each([
  ['', undefined],
  ['soon', undefined],
])('a field that holds %j means no time', (text, time) => {
  expect(fromLocalInput(text)).toBe(time);
});

it.each([[undefined], [null], ['not a time']])('where the server says %j the field is empty', (iso) => {
  expect(localInput(iso)).toBe('');
});

it('a start is told in the zone of the viewer and in UTC', () => {
  const told = when('2026-03-01T19:30:00Z', 'en-GB', 'Europe/Paris');
  expect(told.here).toMatch(/1 Mar.*20:30 CET/);
  expect(told.utc).toMatch(/1 Mar.*19:30 UTC/);
});
