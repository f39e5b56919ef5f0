import { expect, it } from 'vitest';
import { Problem } from '$lib/api/problem';
import { Work } from './work.svelte';

it('does one thing at a time', async () => {
  const work = new Work();
  let end = () => {};
  const first = work.run('first', () => new Promise<void>((resolve) => (end = resolve)));
  expect(work.busy).toBe('first');
  expect(await work.run('second', () => Promise.resolve())).toBe(false);
  end();
  expect(await first).toBe(true);
  expect(work.busy).toBeUndefined();
});

it('tells why the last one failed until the next begins', async () => {
  const work = new Work();
  expect(await work.run('a', () => Promise.reject(new Problem(409, 'conflict', 'taken')))).toBe(false);
  expect([work.problem?.code, work.busy]).toEqual(['conflict', undefined]);
  await work.run('b', () => Promise.resolve());
  expect(work.problem).toBeUndefined();
});
