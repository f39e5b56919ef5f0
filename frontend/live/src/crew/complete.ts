import type { Page } from '../page';
import { List, type Text } from './list';
import { cellAt, suggest } from './match';

const FIELD = '[data-rg-topic] :is(textarea,input)[data-x-complete]';

/** Completes text fields with `data-x-complete="<list>"` while a person types. The words are fetched at the first focus. */
export function listenComplete({ data, words }: Page): void {
  const url = data.completions;
  if (typeof url !== 'string') return;
  let lists: Promise<Record<string, unknown>> | undefined;
  /** Where in the field's text the part begins that a suggestion replaces. */
  let from = 0;

  const list = new List(words, (word) => {
    const { field } = list;
    if (!field) return;
    list.close();
    field.focus();
    const { end } = cellAt(field.value, caretOf(field));
    const rest = field.value.slice(caretOf(field), end);
    field.setRangeText(word, from, rest.trim() ? caretOf(field) : end - (rest.length - rest.trimEnd().length), 'end');
    // As if typed: the runtime then keeps it from pictures until it is sent.
    field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertReplacementText' }));
  });

  document.addEventListener('focusin', ({ target }) => {
    if (!isText(target)) return;
    list.attach(target);
    lists ??= load(url).catch((error: unknown) => {
      // The next focus tries again.
      lists = undefined;
      console.error(error);
      return {};
    });
  });

  document.addEventListener('input', (event) => {
    const { target } = event;
    if (!isText(target)) return;
    const { inputType, isComposing } = event as InputEvent;
    // What is being composed is not text yet; what was just accepted needs no more suggestions.
    if (!isComposing && inputType !== 'insertReplacementText') void offer(target);
  });

  document.addEventListener('keydown', (event) => {
    if (!list.open || list.field !== event.target || event.isComposing) return;
    const { key } = event;
    if (key === 'ArrowDown' || key === 'ArrowUp') list.move(key === 'ArrowDown' ? 1 : -1);
    else if (key === 'Escape') list.close();
    // A line may end in the middle of a word that is known: Enter takes only what was chosen.
    else if (key === 'Enter' && list.active === undefined) return list.close();
    else if ((key !== 'Enter' && key !== 'Tab') || event.shiftKey || !list.accept()) return;
    event.preventDefault();
  });

  document.addEventListener('focusout', ({ target }) => target === list.field && list.close());
  document.addEventListener('scroll', () => list.place(), { capture: true, passive: true });
  addEventListener('resize', () => list.place());

  async function offer(field: Text) {
    const known = (await lists)?.[field.dataset.xComplete ?? ''];
    // The answer may have come long after the key.
    if (document.activeElement !== field) return;
    const caret = caretOf(field);
    const { start } = cellAt(field.value, caret);
    const typed = field.value.slice(start, caret);
    const found = Array.isArray(known) && typed.trim() ? suggest(known.map(String), typed) : { from: 0, words: [] };
    from = start + found.from;
    list.show(field, found.words);
  }
}

async function load(url: string): Promise<Record<string, unknown>> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return (await answer.json()) as Record<string, unknown>;
}

const caretOf = (field: Text) => field.selectionEnd ?? field.value.length;

const isText = (el: EventTarget | null): el is Text => el instanceof Element && el.matches(FIELD);
