import type { LinkState } from '../link';
import type { Block, Page } from '../page';
import { faultText, type Json } from '../protocol';
import { REFUSED, SHOW, tell } from '../hooks';
import { start } from '../start';
import { Actions, type Pending } from './actions';
import { Fields, formAction } from './fields';
import { morphKept } from './keep';
import { listenKeys, tabStop } from './keys';
import { nameOf, names } from './names';
import { offerReload } from './note';
import { listenPointer, type Way } from './pointer';
import { Presence } from './presence';
import { Status } from './status';
import { isTool, listenTools } from './tools';

/** A live page: pictures as on an overlay, and everything people do there. */
export function startLive(page: Page): void {
  const { blocks } = page;
  const owner = new Map<Element, Block>(blocks.map((block) => [block.el, block]));
  const status = new Status(page.words);
  const fields = new Fields();
  const actions = new Actions({
    send: (frame) => link.send(frame),
    settled(pending, { error, version }) {
      const { el, key } = unmark(pending);
      if (error === undefined) {
        fields.accepted(el, key, (pending.block.version ?? 0) >= (version ?? 0));
        status.say(pending.block.el, '');
      } else {
        fields.refused(el, key);
        if (isTool(el)) status.say(pending.block.el, faultText(error));
        else status.toast(faultText(error), el);
      }
    },
    dropped(pending) {
      const { el, key } = unmark(pending);
      fields.refused(el, key);
      status.toast(page.words.unanswered ?? 'unanswered', el);
    },
  });

  const presence = new Presence(page, (frame) => link.send(frame));
  const link = start(
    page,
    (block, html) => {
      const put = () => {
        const changed = morphKept(block, html, fields);
        if (changed)
          status.toast(`${page.words.changed ?? ''}\n${changed.defaultValue || (page.words.empty ?? '')}`, changed);
        tabStop(block.el);
        mark(block);
      };
      if (tell(SHOW, { el: block.el, html, put })) put();
    },
    {
      opened() {
        actions.resend();
        presence.opened();
      },
      state(state: LinkState) {
        status.link(state);
        for (const el of [...blocks.map(({ el }) => el), ...document.querySelectorAll('.rg-tools')]) {
          // On the host's element, for all buttons inside: they keep their focus, and a morph does not undo it.
          if (state === 'open') el.removeAttribute('aria-disabled');
          else el.setAttribute('aria-disabled', 'true');
        }
      },
      topic({ topic, error, state }) {
        if (presence.take(topic, state)) return;
        if (error !== undefined) tell(REFUSED);
        status.problem(topic, error === undefined ? undefined : faultText(error));
      },
      done: (frame) => actions.answer(frame),
      error: (fault) => status.toast(faultText(fault)),
      reload: () => offerReload(page.words),
    },
  );

  listenPointer(press);
  listenKeys(blocks, press);
  listenTools(blocks, (block, tool, action) => {
    if (link.open) send(block, tool, action);
  });
  document.addEventListener('input', ({ target }) => fields.typed(target));
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    const block = blockOf(form);
    // A form without an address would load the page again; those with one are the host's.
    if (!block || form.hasAttribute('action')) return;
    event.preventDefault();
    const action = read(form, 'data-do');
    if (action === undefined || !link.open) return;
    const key = send(block, form, formAction(action, form, event.submitter));
    fields.sent(form, key);
  });

  /** Whether the button had something to do that way, and could. */
  function press(button: HTMLButtonElement, way: Way): boolean {
    const block = blockOf(button);
    if (!block || button.disabled || !link.open) return false;
    const action = read(button, way === 'do' ? 'data-do' : 'data-do-alt');
    if (action === undefined) return false;
    send(block, button, action);
    return true;
  }

  function send(block: Block, el: HTMLElement, action: Json): string {
    const key = actions.act(block, el, nameOf(block.el, el), action);
    el.setAttribute('data-pending', '');
    return key;
  }

  /** The block an element is in, by the page's own map: what an element says of its topic is not asked. */
  function blockOf(el: Element): Block | undefined {
    for (let up: Element | null = el; up; up = up.parentElement) {
      const block = owner.get(up);
      if (block) return block;
    }
    return undefined;
  }

  /** The element of an action now. */
  function find(pending: Pending, named = names(pending.block.el)): HTMLElement {
    return named.get(pending.name) ?? pending.el;
  }

  function mark(block: Block) {
    const waiting = actions.of(block);
    if (!waiting.length) return;
    const named = names(block.el);
    for (const pending of waiting) find(pending, named).setAttribute('data-pending', '');
  }

  function unmark(pending: Pending): { el: HTMLElement; key: string } {
    const el = find(pending);
    for (const marked of [el, pending.el]) marked.removeAttribute('data-pending');
    mark(pending.block);
    return { el, key: pending.frame.do.key };
  }
}

function read(el: Element, attribute: string): Json | undefined {
  const text = el.getAttribute(attribute);
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    console.error(`${attribute} is not JSON:`, text);
    return undefined;
  }
}
