import { expect, it } from 'vitest';
import { clockText, countdownText, Skew } from './time';

it.each([
  [0, '0:00'],
  [9_999, '0:09'],
  [65_000, '1:05'],
  [3_723_000, '1:02:03'],
  [-5, '0:00'],
])('%d ms on a clock is %s', (ms, text) => {
  expect(clockText(ms)).toBe(text);
});

it.each([
  [10_000, '0:10'],
  [9_001, '0:10'],
  [1, '0:01'],
  [0, '0:00'],
  [-300, '0:00'],
])('%d ms before the start the countdown reads %s', (ms, text) => {
  expect(countdownText(ms)).toBe(text);
});

it('the clock of the server is taken from the answer that took the shortest way', () => {
  const skew = new Skew();
  skew.hear(5_000, 1_000, 1_400);
  expect(skew.ms).toBe(3_800);
  skew.hear(9_000, 2_000, 3_000);
  expect(skew.ms).toBe(3_800);
  skew.hear(6_010, 2_000, 2_020);
  expect(skew.ms).toBe(4_000);
});
