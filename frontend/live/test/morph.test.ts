import { describe, expect, it } from 'vitest';
import { keyed, morph } from '../src/morph';
import { blockMarkup, live, picture, stage, $ } from './stage';

const block = (html: string) => {
  const el = document.createElement('div');
  el.innerHTML = html;
  return el;
};

describe('a morph', () => {
  const b = (key: string, text = key) => `<button data-key="${key}">${text}</button>`;
  it.each([
    ['turned around', b('a') + b('b') + b('c'), b('c') + b('b') + b('a')],
    ['added in front', b('a') + b('b'), b('x') + b('a') + b('b')],
    ['taken away', b('a') + b('b') + b('c'), b('a') + b('c')],
    ['moved to another parent', `<p>${b('a')}</p><div>${b('b')}</div>`, `<p></p><div>${b('b')}${b('a')}</div>`],
    ['changed in text', b('a') + b('b'), b('b', 'new') + b('a')],
    [
      'of two participants with the same keys',
      `<section data-key="1">${b('a')}${b('b')}</section><section data-key="2">${b('a')}${b('b')}</section>`,
      `<section data-key="2">${b('b')}${b('a')}</section><section data-key="1">${b('a')}${b('b')}</section>`,
    ],
    ['with keys that repeat', b('a') + b('a', 'second'), b('a', 'x') + b('b') + b('a', 'y')],
  ])('keeps elements by data-key: %s', (_, before, after) => {
    const el = block(before);
    const nodes = new Map([...keyed(el)].map(([node, key]) => [key, node]));
    morph(el, after);
    expect(el.innerHTML).toBe(after);
    for (const [node, key] of keyed(el)) if (nodes.has(key)) expect(node).toBe(nodes.get(key));
  });

  it.each([
    ['<span data-key="a">1</span>', '<button data-key="a">1</button>'],
    ['<div data-key="a"><p data-key="b">1</p></div>', '<p data-key="b"></p><div data-key="a"></div>'],
    ['text', '<svg viewBox="0 0 1 1"><path d="M0 0"></path></svg>'],
    ['<ul><li>1</li><li>2</li></ul>', '<ul></ul>'],
    ['', 'a<!-- b --><i>c</i>'],
    ['<i>1</i>', ''],
  ])('makes %s into %s', (before, after) => {
    const el = block(before);
    morph(el, after);
    expect(el.innerHTML).toBe(after);
  });

  it('leaves open what a person opened', () => {
    const el = block('<details><summary>a</summary>1</details>');
    el.querySelector('details')!.open = true;
    morph(el, '<details><summary>a</summary>2</details>');
    expect(el.innerHTML).toBe('<details open=""><summary>a</summary>2</details>');
  });
});

describe('a picture on a live page', () => {
  stage();
  const button = (name: string, text = name) => `<button data-key="${name}" data-do="1">${text}</button>`;

  it.each([
    ['in place', button('b') + button('a', 'new')],
    ['moved', button('a') + button('x') + button('b')],
    ['moved into another element', `<p>${button('a')}</p>${button('b')}`],
  ])('keeps the focus of a button: %s', (_, html) => {
    const socket = live(blockMarkup(button('b') + button('a')));
    const focused = $('[data-key=a]');
    focused.focus();
    socket.push(picture(html));
    expect(document.activeElement).toBe($('[data-key=a]'));
  });

  it('gives the focus to the element that has the name of the one replaced', () => {
    const socket = live(blockMarkup(`<div><button data-do='{"a":1}'>1</button></div>`));
    $('button').focus();
    socket.push(picture(`<section><button data-do='{"a":1}'>2</button></section>`));
    expect((document.activeElement as HTMLElement).textContent).toBe('2');
  });

  it('does not take the focus from elsewhere', () => {
    const socket = live(blockMarkup(button('a')) + '<button id="else">x</button>');
    $('#else').focus();
    socket.push(picture(button('b') + button('a')));
    expect(document.activeElement).toBe($('#else'));
  });

  it('keeps the caret of a field, also of one that moves', () => {
    const field = '<input data-key="f" value="12345">';
    const socket = live(blockMarkup(`<i data-key="i"></i>${field}`));
    const input = $<HTMLInputElement>('input');
    input.focus();
    input.setSelectionRange(2, 4);
    socket.push(picture(`${field}<i data-key="i"></i>`));
    expect([document.activeElement, input.selectionStart, input.selectionEnd]).toEqual([input, 2, 4]);
  });

  it('keeps one tab stop in a block', () => {
    const socket = live(blockMarkup(button('a') + button('b') + button('c')));
    const stops = () => [...document.querySelectorAll('button')].map((el) => el.getAttribute('tabindex')).join(' ');
    expect(stops()).toBe('0 -1 -1');
    $('[data-key=b]').focus();
    expect(stops()).toBe('-1 0 -1');
    socket.push(picture(button('x') + button('a') + button('b') + button('c')));
    expect(stops()).toBe('-1 -1 0 -1');
    socket.push(picture(button('a') + button('c'), 5));
    expect(stops()).toBe('0 -1');
  });
});
