import type { Block } from '../page';
import type { Json } from '../protocol';
import { inField } from './keys';

/** What the host's page has around the blocks: undo and redo, ways to participants, the list of shortcuts. */
export function listenTools(blocks: readonly Block[], act: (block: Block, tool: HTMLElement, action: Json) => void) {
  /** Where a person last was: after a click on nothing the focus is nowhere. */
  let last: Element | null = null;
  document.addEventListener('focusin', ({ target }) => {
    last = (target as Element).closest('.rg-panel') ?? last;
  });

  document.addEventListener('click', (event) => {
    const target = event.target as Element;
    const tool = target.closest<HTMLElement>('[data-rg-act]');
    const panel = tool?.closest('.rg-panel');
    const block = panel && blocks.find(({ el }) => panel.contains(el) && !el.contains(tool));
    if (block) act(block, tool!, { type: tool!.dataset.rgAct! });

    const jump = target.closest<HTMLElement>('[data-rg-jump]');
    const { rgJump, rgTo } = jump?.dataset ?? {};
    const to = rgTo && document.getElementById(`panel-${rgJump ?? ''}`);
    if (to && goTo(to, rgTo)) event.preventDefault();

    if (target.closest('.rg-keys-open')) keys()?.showModal();
    // A click beside a dialog is on the dialog itself.
    if (target === keys()) keys()?.close();
    if (!target.closest('.rg-menu')) closeMenu();
  });

  document.addEventListener('keydown', (event) => {
    const { key, ctrlKey, metaKey, shiftKey, altKey, target } = event;
    if (key === 'Escape') closeMenu();
    if (event.defaultPrevented || altKey || inField(target)) return;
    if (key === '?') {
      if (keys()?.open === false) keys()?.showModal();
    } else if (ctrlKey || metaKey) {
      const redo = key === 'y' || (shiftKey && key.toLowerCase() === 'z');
      if (!redo && key !== 'z') return;
      const here = document.activeElement?.closest('.rg-panel') ?? last;
      const tools = document.querySelectorAll<HTMLElement>(`[data-rg-act="host:${redo ? 'redo' : 'undo'}"]`);
      // With one panel it is clear which is meant.
      const tool = here ? [...tools].find((tool) => here.contains(tool)) : tools.length === 1 ? tools[0] : undefined;
      if (!tool) return;
      event.preventDefault();
      if (!event.repeat) tool.click();
    }
  });
}

export const isTool = (el: Element) => el.hasAttribute('data-rg-act');

/** Brings a participant's group onto the screen, if it has one. */
export function goTo(within: ParentNode, slot: string): boolean {
  const group = within.querySelector(`.rg-block [data-x-slot="${slot}"]`);
  group?.scrollIntoView({ block: 'start' });
  return group !== null;
}

function closeMenu() {
  const menu = document.querySelector<HTMLDetailsElement>('.rg-menu[open]');
  if (!menu) return;
  if (menu.contains(document.activeElement)) menu.querySelector('summary')?.focus();
  menu.open = false;
}

const keys = () => document.querySelector<HTMLDialogElement>('dialog#rg-keys');
