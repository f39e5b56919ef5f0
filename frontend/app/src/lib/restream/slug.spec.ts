import { describe, expect, it } from 'vitest';
import { slugFault, slugify } from './slug';

describe('slugify', () => {
  it.each([
    ['Demi-finale A', 'demi-finale-a'],
    ['  Été : cœur & Ænima n°2 ', 'ete-coeur-aenima-n-2'],
    ['ALL CAPS!!!', 'all-caps'],
    ['日本', ''],
    ['---', ''],
    ['x'.repeat(60), 'x'.repeat(40)],
    [`${'x'.repeat(39)} tail`, 'x'.repeat(39)],
  ])('makes an address of %j', (title, slug) => {
    expect(slugify(title)).toBe(slug);
  });

  it('only suggests what the server would take', () => {
    for (const title of ['Grand Final — Week 12', 'Straße', 'Łódź', 'a/b\\c?d#e']) {
      expect(slugFault(slugify(title))).toBeUndefined();
    }
  });
});

describe('slugFault', () => {
  it.each([
    ['demi-a', undefined],
    ['', 'empty'],
    ['Demi', 'shape'],
    ['demi a', 'shape'],
    ['_x', 'shape'],
    ['x'.repeat(41), 'shape'],
    ['live', 'reserved'],
    ['new', 'reserved'],
  ])('judges %j', (slug, fault) => {
    expect(slugFault(slug)).toBe(fault);
  });
});
