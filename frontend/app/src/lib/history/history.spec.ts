import { expect, it } from 'vitest';
import { Pages } from './history.svelte';

function served(all: number[], size = 2) {
  return (after?: string | number) => {
    const from = all.filter((version) => after === undefined || version < Number(after));
    const items = from.slice(0, size).map((version) => ({ version }));
    return Promise.resolve({ items, next: from.length > size ? items.at(-1)!.version : null });
  };
}
const versions = (pages: Pages<{ version: number }>) => pages.items?.map((each) => each.version);

it('reads on to the end', async () => {
  const pages = new Pages(served([5, 4, 3, 2, 1]));
  await pages.load();
  expect([versions(pages), pages.next]).toEqual([[5, 4], 4]);
  await pages.more();
  await pages.more();
  expect([versions(pages), pages.next]).toEqual([[5, 4, 3, 2, 1], undefined]);
});

it('keeps what was read when something new is on top', async () => {
  const all = [4, 3, 2, 1];
  const pages = new Pages((after?: string | number) => served(all)(after));
  await pages.load();
  await pages.more();
  all.unshift(5);
  await pages.load();
  expect([versions(pages), pages.next]).toEqual([[5, 4, 3, 2, 1], undefined]);
});

it('tells why it could not be read, and keeps what it has', async () => {
  let fails = false;
  const pages = new Pages((after?: string | number) =>
    fails ? Promise.reject(new Error('no')) : served([2, 1])(after),
  );
  await pages.load();
  fails = true;
  await pages.load();
  expect([versions(pages), pages.problem?.message]).toEqual([[2, 1], 'no']);
});
