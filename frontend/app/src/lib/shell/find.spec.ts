import { expect, it } from 'vitest';
import { find } from './find';

const findings = [
  { id: '1', label: 'Demi-finale A', detail: '/demi-a' },
  { id: '2', label: 'Été des races', detail: '/ete' },
  { id: '3', label: 'Settings', detail: 'Page' },
].map((each) => ({ ...each, run: () => {} }));

it.each([
  ['', ['1', '2', '3']],
  ['ete', ['2']],
  ['ÉTÉ', ['2']],
  ['finale demi', ['1']],
  ['set', ['3']],
  ['e', ['2', '1', '3']],
  ['nothing', []],
])('%j finds %j', (question, ids) => {
  expect(find(findings, question).map((finding) => finding.id)).toEqual(ids);
});
