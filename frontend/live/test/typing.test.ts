import { describe, expect, it } from 'vitest';
import { blockMarkup, live, picture, stage, $ } from './stage';

stage();

const sheet = (text: string) =>
  `<form data-key="f" data-do='{"category":"c"}'><textarea name="lines">${text}</textarea><input name="one" value="${text}"></form>`;
const config = { words: { changed: 'Now:', empty: '(nothing)' } };
const fields = [['textarea'], ['input']];

function type(selector: string, text: string) {
  const field = $<HTMLTextAreaElement>(selector);
  field.focus();
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  return field;
}
const stale = () => document.querySelectorAll('[data-rg-stale]').length;
const toast = () => $('.rg-toast').textContent;

describe.each(fields)('a %s that a person is changing', (selector) => {
  it('keeps their text and says what it has become on the server', () => {
    const socket = live(blockMarkup(sheet('a')), config);
    const field = type(selector, 'mine');
    socket.push(picture(sheet('theirs')));
    expect([field.value, stale(), toast()]).toEqual(['mine', 1, 'Now:\ntheirs']);
    // It stays marked while nothing new is said of it.
    socket.push(picture(sheet('theirs') + '<p></p>', 5));
    expect(stale()).toBe(1);
    socket.push(picture(sheet(''), 6));
    expect(toast()).toBe('Now:\n(nothing)');
  });

  it('is not said to have changed by what they sent themselves', () => {
    const socket = live(blockMarkup(sheet('a')), config);
    type(selector, 'mine');
    $<HTMLFormElement>('form').requestSubmit();
    socket.push(picture(sheet('mine')));
    expect([stale(), toast()]).toEqual([0, '']);
  });

  it('nor by another who wrote the same', () => {
    const socket = live(blockMarkup(sheet('a')), config);
    type(selector, 'mine');
    socket.push(picture(sheet('mine')));
    expect([stale(), toast()]).toEqual([0, '']);
  });

  it('is unmarked once theirs is accepted', () => {
    const socket = live(blockMarkup(sheet('a')), config);
    const field = type(selector, 'mine');
    socket.push(picture(sheet('theirs')));
    $<HTMLFormElement>('form').requestSubmit();
    socket.push({ done: socket.dos[0]!.key, version: 5 });
    socket.push(picture(sheet('mine'), 5));
    expect([field.value, stale()]).toEqual(['mine', 0]);
  });
});

it('what completing says of a field outlives a picture while it has the focus', () => {
  const markup = '<input data-x-complete="l" name="n">';
  const socket = live(blockMarkup(markup));
  const field = $<HTMLInputElement>('input');
  field.focus();
  for (const [name, value] of [
    ['role', 'combobox'],
    ['aria-expanded', 'true'],
    ['aria-controls', 'x'],
  ] as const)
    field.setAttribute(name, value);
  socket.push(picture(markup.replace('name', 'title="new" name')));
  expect([field.title, field.getAttribute('role'), field.getAttribute('aria-expanded')]).toEqual([
    'new',
    'combobox',
    'true',
  ]);
  field.blur();
  socket.push(picture(markup, 5));
  expect(field.hasAttribute('role')).toBe(false);
});
