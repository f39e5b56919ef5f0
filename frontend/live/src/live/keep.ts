import { morph, type Keep } from '../morph';
import type { Block } from '../page';
import type { Fields } from './fields';
import { names, nameOf } from './names';

/** Shows `html` in a block and keeps what people do there: focus, caret, what they typed, the roving tab stop. */
export function morphKept(block: Block, html: string, fields: Fields): void {
  const active = document.activeElement;
  const focused = active instanceof HTMLElement && block.el !== active && block.el.contains(active) ? active : null;
  const name = focused ? nameOf(block.el, focused) : '';
  const caret = focused && 'selectionStart' in focused ? (focused as HTMLInputElement) : null;
  const range = caret && ([caret.selectionStart, caret.selectionEnd] as const);
  const selects = [...block.el.querySelectorAll('select')]
    .filter((el) => fields.has(el))
    .map((el) => [el, [...el.selectedOptions].map(({ value }) => value)] as const);

  morph(block.el, html, keeper(fields));

  for (const [el, values] of selects) for (const option of el.options) option.selected = values.includes(option.value);
  if (!focused || document.activeElement === focused) return;
  // Moved (which takes the focus away), or replaced by one of the same name.
  (focused.isConnected ? focused : names(block.el).get(name))?.focus({ preventScroll: true });
  if (range?.[0] != null && caret === document.activeElement) caret!.setSelectionRange(range[0], range[1]);
}

const keeper = (fields: Fields): Keep => ({
  element(from, to) {
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
