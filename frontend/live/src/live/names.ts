import { keyed } from '../morph';

/** Everything that acts. Not `[data-do]` alone: only these two are the contract with plugins. */
export const BUTTONS = 'button[data-do],button[data-do-alt]';
const ACTING = `${BUTTONS},form[data-do]`;

/**
 * Names for what acts in a block, which outlive the elements: the `data-key`, or else what it does and under which keyed
 * element, counted where that repeats.
 */
export function names(root: Element): Map<string, HTMLElement> {
  const keys = keyed(root);
  const named = new Map<string, HTMLElement>();
  for (const el of root.querySelectorAll<HTMLElement>(ACTING)) {
    const { key, do: act, doAlt } = el.dataset;
    const keyedEl = el.closest('[data-key]');
    const within = (keyedEl && keys.get(keyedEl)) ?? '';
    const base = key === undefined ? `${within} ${act ?? ''} ${doAlt ?? ''}` : within;
    let name = base;
    for (let i = 2; named.has(name); i++) name = `${base}#${i}`;
    named.set(name, el);
  }
  return named;
}

export function nameOf(root: Element, el: Element): string {
  for (const [name, other] of names(root)) if (other === el) return name;
  return '';
}
