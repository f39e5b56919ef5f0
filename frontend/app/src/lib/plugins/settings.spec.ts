import { expect, it } from 'vitest';
import type { SettingField } from '$lib/api/types';
import { draftOf, readDraft } from './settings';

const fields: SettingField[] = [
  { key: 'rows', type: 'int', default: 3 },
  { key: 'labels', type: 'bool', default: true },
  { key: 'style', type: 'choice', default: 'flat', choices: ['flat', 'round'] },
];

it('begins with what is set, and the defaults of the rest', () => {
  expect(draftOf(fields, { labels: false, gone: 1 })).toEqual({ rows: 3, labels: false, style: 'flat' });
});

it.each([
  [
    { rows: 5, labels: false, style: 'round' },
    { rows: 5, labels: false, style: 'round' },
  ],
  [
    { rows: null, labels: true, style: 'flat' },
    { rows: 3, labels: true, style: 'flat' },
  ],
  [
    { rows: '7', labels: true, style: '' },
    { rows: 7, labels: true, style: '' },
  ],
])('reads %o as %o', (draft, values) => {
  expect(readDraft(fields, draft)).toEqual(values);
});
