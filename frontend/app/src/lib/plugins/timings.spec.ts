import { expect, it } from 'vitest';
import { timingTable } from './timings';

it('makes one row a hook and one column a measure', () => {
  const timings = { render: { count: 3, p50_us: 80 }, update: { count: 1, traps: 2 } };
  expect(timingTable(timings, String)).toEqual({
    columns: ['count', 'p50 µs', 'traps'],
    rows: [
      { hook: 'render', cells: ['3', '80', '–'] },
      { hook: 'update', cells: ['1', '–', '2'] },
    ],
  });
});

it.each([undefined, null, [], {}, 'x'])('is empty for %j', (timings) => {
  expect(timingTable(timings, String).rows).toEqual([]);
});
