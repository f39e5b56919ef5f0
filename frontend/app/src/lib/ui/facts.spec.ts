import { describe, expect, it } from 'vitest';
import { bytes, duration, facts } from './facts';

const number = (n: number) => String(Math.round(n * 100) / 100);

describe('facts', () => {
  it('flattens a report and puts the unit to the value', () => {
    const report = { documents: 3, journal: { size_bytes: 1_500_000, fsync_us: 120 }, engine: 'embedded', open: null };
    expect(facts(report, number)).toEqual([
      { name: 'documents', value: '3' },
      { name: 'journal · size', value: '1.5 MB' },
      { name: 'journal · fsync', value: '120 µs' },
      { name: 'engine', value: 'embedded' },
      { name: 'open', value: '–' },
    ]);
  });

  it('counts lists of objects and spells lists of words', () => {
    expect(facts({ a: [{}, {}], b: ['x', 'y'] }, number).map((fact) => fact.value)).toEqual(['2', 'x, y']);
  });

  it.each([undefined, null, 3, 'x'])('has nothing to say about %j', (report) => {
    expect(facts(report, number)).toEqual([]);
  });
});

it.each([
  [999, '999 B'],
  [1000, '1 kB'],
  [12_340_000_000, '12.34 GB'],
])('%d bytes is %s', (size, text) => {
  expect(bytes(size, number)).toBe(text);
});

it.each([
  [0, '0 s'],
  [61_000, '1 min 1 s'],
  [90_061_000, '1 d 1 h'],
  [3_600_000, '1 h 0 min'],
])('%d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});
