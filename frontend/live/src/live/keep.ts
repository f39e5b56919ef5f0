import { morph, type Keep } from '../morph';
import type { Block } from '../page';
import { STALE, type Fields } from './fields';
import { names, nameOf } from './names';

type Text = HTMLInputElement | HTMLTextAreaElement;

/**
 * Shows `html` in a block and keeps what people do there: focus, caret, what they typed, the roving tab stop. Answers a
 * field whose text changed on the server while a person was changing it here.
 */
export function morphKept(block: Block, html: string, fields: Fields): Text | undefined {
  const stale = new Set(block.el.querySelectorAll(`[${STALE}]`));
  const changed: Text[] = [];
  const active = document.activeElement;
  const focused = active instanceof HTMLElement && block.el !== active && block.el.contains(active) ? active : null;
  const name = focused ? nameOf(block.el, focused) : '';
  const caret = focused && 'selectionStart' in focused ? (focused as HTMLInputElement) : null;
  const range = caret && ([caret.selectionStart, caret.selectionEnd] as const);
  const selects = [...block.el.querySelectorAll('select')]
    .filter((el) => fields.has(el))
    .map((el) => [el, [...el.selectedOptions].map(({ value }) => value)] as const);

  morph(block.el, html, keeper(fields, stale, changed));

  for (const [el, values] of selects) for (const option of el.options) option.selected = values.includes(option.value);
  const first = changed.includes(focused as Text) ? (focused as Text) : changed[0];
  if (!focused || document.activeElement === focused) return first;
  // Moved (which takes the focus away), or replaced by one of the same name.
  (focused.isConnected ? focused : names(block.el).get(name))?.focus({ preventScroll: true });
  if (range?.[0] != null && caret === document.activeElement) caret!.setSelectionRange(range[0], range[1]);
  return first;
}

const isText = (el: Element): el is Text => el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement;

const keeper = (fields: Fields, stale: ReadonlySet<Element>, changed: Text[]): Keep => ({
  element(from, to) {
    if (isText(from) && fields.unsent(from)) {
      const theirs = (to as Text).defaultValue;
      const news = theirs !== from.defaultValue && theirs !== from.value;
      if (news) changed.push(from);
      to.toggleAttribute(STALE, news || stale.has(from));
    }
    // What completing says of the field while it is used is the host's, not the markup's.
    if (from === document.activeElement && from.hasAttribute('data-x-complete'))
      for (const { name, value } of from.attributes)
        if (/^(role|autocomplete|aria-(auto|exp|con|act|has).*)$/.test(name)) to.setAttribute(name, value);
    const tab = from.getAttribute('tabindex');
    if (from.localName === 'button' && tab !== null) to.setAttribute('tabindex', tab);
    if (from instanceof HTMLInputElement && fields.has(from)) {
      (to as HTMLInputElement).value = from.value;
      (to as HTMLInputElement).checked = from.checked;
    }
  },
  children(from, to) {
    if (!(from instanceof HTMLTextAreaElement)) return true;
    from.defaultValue = (to as HTMLTextAreaElement).defaultValue;
    if (!fields.has(from)) from.value = from.defaultValue;
    return false;
  },
});
