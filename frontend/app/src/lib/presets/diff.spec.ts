import { expect, it } from 'vitest';
import { diff, shown } from './diff';

it.each([
  [{ a: 1 }, { a: 1 }, []],
  [{ a: 1 }, { a: 2 }, [{ path: 'a', kind: 'changed', before: 1, after: 2 }]],
  [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, [{ path: 'a.b[1]', kind: 'changed', before: 2, after: 3 }]],
  [{ a: [] }, { a: [0] }, [{ path: 'a[0]', kind: 'added', after: 0 }]],
  [{ a: null }, {}, [{ path: 'a', kind: 'removed', before: null }]],
  [{ a: [] }, { a: {} }, [{ path: 'a', kind: 'changed', before: [], after: {} }]],
  [1, 2, [{ path: '', kind: 'changed', before: 1, after: 2 }]],
  [{ version: 1, updated_at: 'x', x: { version: 1 } }, { version: 2, updated_at: 'y', x: { version: 1 } }, []],
])('from %j to %j', (before, after, changes) => {
  expect(diff(before, after)).toEqual(changes);
});

it('names every place once and nothing else', () => {
  const before = { same: { deep: [1, { x: true }] }, gone: 1, changed: 'a' };
  const after = { same: { deep: [1, { x: true }] }, changed: 'b', come: 2 };
  expect(diff(before, after).map(({ path, kind }) => `${kind} ${path}`)).toEqual([
    'removed gone',
    'changed changed',
    'added come',
  ]);
});

it('cuts long values', () => {
  expect(shown('x'.repeat(50), 10)).toBe('"xxxxxxxx…');
  expect(shown({ a: 1 })).toBe('{"a":1}');
});
