import { expect, it } from 'vitest';
import { safeNext } from './next';

it.each([
  ['/demi-a/live', '/demi-a/live'],
  ['/app/users?x=1#y', '/app/users?x=1#y'],
  [null, '/app/restreams'],
  ['', '/app/restreams'],
  ['https://evil.example/', '/app/restreams'],
  ['//evil.example/', '/app/restreams'],
  ['/\\evil.example/', '/app/restreams'],
  ['javascript:alert(1)', '/app/restreams'],
])('after signing in %j leads to %j', (next, path) => {
  expect(safeNext(next, 'https://regie.example')).toBe(path);
});
