import { describe, expect, it } from 'vitest';
import { blockMarkup, live, stage, $ } from './stage';

stage();

/** Buttons named by letters, laid out as drawn: 10 px a letter, 10 px a line. jsdom has no layout of its own. */
function grid(drawing: string[], html?: string) {
  const letters = drawing.join('').replace(/\s/g, '').split('');
  live(html ?? blockMarkup(letters.map((name) => `<button data-key="${name}" data-do="1">${name}</button>`).join('')));
  for (const [y, line] of drawing.entries())
    for (const [x, name] of line.split('').entries())
      if (name.trim())
        for (const el of document.querySelectorAll(`[data-key=${name}]`))
          el.getBoundingClientRect = () => new DOMRect(x * 10, y * 10, 10, 9);
}

const press = (key: string, init: object = {}) => {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
  (document.activeElement ?? document.body).dispatchEvent(event);
  return event;
};
const at = () => document.activeElement?.textContent;

describe('arrows in the grid', () => {
  const drawing = ['abc', 'de ', 'fgh'];
  it.each([
    ['a', 'ArrowRight', 'b'],
    ['c', 'ArrowRight', 'd'],
    ['d', 'ArrowLeft', 'c'],
    ['a', 'ArrowLeft', 'a'],
    ['h', 'ArrowRight', 'h'],
    ['b', 'ArrowDown', 'e'],
    ['c', 'ArrowDown', 'e'],
    ['h', 'ArrowUp', 'e'],
    ['a', 'ArrowUp', 'a'],
    ['g', 'ArrowDown', 'g'],
    ['b', 'Home', 'a'],
    ['d', 'End', 'e'],
  ])('from %s, %s leads to %s', (from, key, to) => {
    grid(drawing);
    $(`[data-key=${from}]`).focus();
    expect(press(key).defaultPrevented).toBe(from !== to);
    expect(at()).toBe(to);
  });

  it.each([
    ['Home', 'a'],
    ['End', 'h'],
  ])('Ctrl %s leads to %s', (key, to) => {
    grid(drawing);
    $('[data-key=e]').focus();
    press(key, { ctrlKey: true });
    expect(at()).toBe(to);
  });

  it('skip what is disabled', () => {
    grid(['abc']);
    $('[data-key=b]').disabled = true;
    $('[data-key=a]').focus();
    press('ArrowRight');
    expect(at()).toBe('c');
  });

  it('stay in their block, and out of fields', () => {
    const one = (name: string) => `<button data-key="${name}" data-do="1">${name}</button>`;
    grid(['ab'], blockMarkup(one('a')) + blockMarkup(`${one('b')}<input>`, { topic: 'indices/x' }));
    $('[data-key=a]').focus();
    press('ArrowRight');
    expect(at()).toBe('a');
    $<HTMLInputElement>('input').focus();
    for (const key of ['ArrowLeft', '1', 'Backspace', 'Home']) expect(press(key).defaultPrevented).toBe(false);
  });
});

describe('numbers pick a participant', () => {
  const group = (slot: number) =>
    `<section data-x-slot="${slot}">${['a', 'b'].map((n) => `<button data-do="1">${n}${slot}</button>`).join('')}</section>`;
  const focusOn = (text: string) =>
    [...document.querySelectorAll('button')].find((el) => el.textContent === text)?.focus();

  it.each([
    ['b1', '2', 'b2'],
    ['a2', '1', 'a1'],
    ['b1', '3', 'b3'],
    ['b1', '4', 'b1'],
    ['', '2', 'a2'],
  ])('from %j, %s leads to %s', (from, key, to) => {
    live(
      blockMarkup(group(1) + group(2)) +
        blockMarkup('<button data-do="1">a3</button><button data-do="1">b3</button>', { slot: 3 }),
    );
    focusOn(from);
    press(key);
    expect(at()).toBe(to);
  });

  it('but not with Ctrl, which is the browser’s', () => {
    live(blockMarkup(group(1) + group(2)));
    focusOn('a1');
    expect(press('2', { ctrlKey: true }).defaultPrevented).toBe(false);
    expect(at()).toBe('a1');
  });
});
