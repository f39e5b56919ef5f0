import type { Block } from '../page';
import { BUTTONS } from './names';
import { buttonOf, type Way } from './pointer';
import { goTo } from './tools';

/** Keyboard in the grid of a block's buttons: one tab stop, arrows within, numbers from participant to participant. */
export function listenKeys(blocks: readonly Block[], act: (button: HTMLButtonElement, way: Way) => boolean): void {
  for (const block of blocks) tabStop(block.el);

  document.addEventListener('focusin', (event) => {
    const button = buttonOf(event);
    const block = blocks.find(({ el }) => el.contains(button));
    if (button && block) tabStop(block.el, button);
  });

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.altKey || event.metaKey || inField(event.target)) return;
    const button = buttonOf(event);
    const block = blocks.find(({ el }) => el.contains(button));
    const { key, ctrlKey } = event;
    if (/^[1-9]$/.test(key) && !ctrlKey) {
      const slot = slotButton(blocks, block, button, key);
      if (slot) focus(event, slot);
      else if (goTo(document, key)) event.preventDefault();
    } else if (!button || !block) {
      return;
    } else if (key === 'Backspace' || key === 'Delete') {
      if (event.repeat || ctrlKey || act(button, 'alt')) event.preventDefault();
    } else if (key === 'Enter') {
      // A held key is one action; the browser would click again and again (not for Space, which clicks when released).
      if (event.repeat) event.preventDefault();
    } else {
      const next = neighbour(buttons(block.el), button, key, ctrlKey);
      if (next) focus(event, next);
    }
  });
}

/** Makes `button` (or the one that is, or the first) the only tab stop of its block. Called again after each morph. */
export function tabStop(block: HTMLElement, button?: HTMLElement): void {
  const all = buttons(block);
  const stop = button ?? all.find((el) => el.getAttribute('tabindex') === '0') ?? all[0];
  for (const el of all) {
    const index = el === stop ? '0' : '-1';
    if (el.getAttribute('tabindex') !== index) el.setAttribute('tabindex', index);
  }
}

/**
 * Where `key` leads from `from`: left and right through the rows as one line, up and down to the nearest in the next
 * row, Home and End within the row (with Ctrl: within the block).
 */
export function neighbour<B extends Element>(all: B[], from: B, key: string, ctrl: boolean): B | undefined {
  const rows = toRows(all);
  const y = rows.findIndex((row) => row.some(({ el }) => el === from));
  const row = rows[y] ?? [];
  const x = row.findIndex(({ el }) => el === from);
  const line = rows.flat();
  const at = line.findIndex(({ el }) => el === from);
  switch (key) {
    case 'ArrowLeft':
      return line[at - 1]?.el;
    case 'ArrowRight':
      return line[at + 1]?.el;
    case 'ArrowUp':
    case 'ArrowDown':
      return nearest(rows[y + (key === 'ArrowUp' ? -1 : 1)], row[x])?.el;
    case 'Home':
      return (ctrl ? line : row)[0]?.el;
    case 'End':
      return (ctrl ? line : row).at(-1)?.el;
    default:
      return undefined;
  }
}

interface Cell<B> {
  el: B;
  x: number;
  y: number;
  bottom: number;
}

/** Rows by position; a cell belongs to a row while its middle is above that row's lower edge. */
function toRows<B extends Element>(all: B[]): Cell<B>[][] {
  const cells = all.map((el): Cell<B> => {
    const { left, top, width, height, bottom } = el.getBoundingClientRect();
    return { el, x: left + width / 2, y: top + height / 2, bottom };
  });
  const rows: Cell<B>[][] = [];
  for (const cell of cells.sort((a, b) => a.y - b.y)) {
    const row = rows.at(-1);
    if (row && cell.y <= row[0]!.bottom) row.push(cell);
    else rows.push([cell]);
  }
  for (const row of rows) row.sort((a, b) => a.x - b.x);
  return rows;
}

function nearest<B>(row: Cell<B>[] | undefined, from: Cell<B> | undefined): Cell<B> | undefined {
  if (!row || !from) return undefined;
  return row.reduce((best, cell) => (Math.abs(cell.x - from.x) < Math.abs(best.x - from.x) ? cell : best));
}

/** The button of participant `slot` at the same place as `button` is in its own participant's group. */
function slotButton(blocks: readonly Block[], block: Block | undefined, button: Element | null, slot: string) {
  const from = button?.closest('[data-x-slot]') ?? block?.el;
  const place = from && button ? buttons(from).indexOf(button as HTMLButtonElement) : 0;
  const here = block ? [block, ...blocks] : blocks;
  for (const { el, slot: own } of here) {
    const groups = [...el.querySelectorAll(`[data-x-slot="${slot}"]`)];
    const group = String(own) === slot ? el : groups.find((group) => buttons(group).length);
    const all = group ? buttons(group) : [];
    if (all.length) return all[Math.max(place, 0)] ?? all[0];
  }
  return undefined;
}

function buttons(root: Element): HTMLButtonElement[] {
  return [...root.querySelectorAll<HTMLButtonElement>(BUTTONS)].filter((el) => !el.disabled);
}

function focus(event: Event, button: HTMLElement) {
  event.preventDefault();
  button.focus();
}

export function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.matches('input,textarea,select') || target.isContentEditable);
}
