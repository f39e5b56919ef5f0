// Shortcuts are declared where they act (`shortcut(…)` in a component) and listed by the help dialog from here.

import { untrack } from 'svelte';

export interface Shortcut {
  /** As shown and as matched: `?`, `n`, `Ctrl K`, `Ctrl Shift Z`. */
  keys: string;
  label: () => string;
  run: () => void;
}

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'> & { shiftKey?: boolean };

/** Whether an event is `keys`. `Ctrl` is also the command key; Shift is already in a single `key` (`?`). */
export function matches(keys: string, event: Pressed): boolean {
  const parts = keys.split(' ');
  const wanted = parts.at(-1)?.toLowerCase();
  const control = parts.includes('Ctrl');
  if (control && (event.shiftKey ?? false) !== parts.includes('Shift')) return false;
  return event.key.toLowerCase() === wanted && (event.ctrlKey || event.metaKey) === control && !event.altKey;
}

class Shortcuts {
  list = $state.raw<Shortcut[]>([]);
  /** Single keys can be switched off: they are in the way of speech input. Those with Ctrl always work. */
  singleKeys = $state(true);

  start(): void {
    this.singleKeys = localStorage.getItem('regie.single-keys') !== 'off';
  }

  setSingleKeys(on: boolean): void {
    this.singleKeys = on;
    localStorage.setItem('regie.single-keys', on ? 'on' : 'off');
  }

  add(shortcut: Shortcut): () => void {
    this.list = [...this.list, shortcut];
    return () => (this.list = this.list.filter((other) => other !== shortcut));
  }

  onkeydown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.repeat) return;
    const found = this.list.findLast((shortcut) => matches(shortcut.keys, event));
    if (!found) return;
    const single = !found.keys.includes('Ctrl');
    if (single && (!this.singleKeys || isTyping(event.target) || document.querySelector('dialog[open]'))) return;
    event.preventDefault();
    found.run();
  };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export const shortcuts = new Shortcuts();

/** Declares shortcuts for as long as the calling component lives. */
export function shortcut(...declared: Shortcut[]): void {
  $effect(() => {
    // The list is changed here, not depended on.
    const removals = untrack(() => declared.map((each) => shortcuts.add(each)));
    return () => untrack(() => removals.forEach((remove) => remove()));
  });
}
