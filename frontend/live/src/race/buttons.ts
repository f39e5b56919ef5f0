import type { Parts } from './parts';

/** How long a button says that it has copied. */
const COPIED_MS = 2_000;

type Words = Readonly<Record<string, string>>;

/**
 * Buttons of the host's own: `form[data-rg-post]` calls the API with `data-rg-body`, and shows `url` of its answer in the form's
 * `input[name=url]` where it has one; `[data-rg-open=<id>]` opens a dialog; `[data-rg-copy]` copies the field before it; a
 * `select[data-rg-go]` sends its form when another is chosen.
 */
export function listenButtons(words: Words, parts: Parts): void {
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.hasAttribute('data-rg-post')) return;
    event.preventDefault();
    if (!form.hasAttribute('aria-busy')) void send(form, words, parts);
  });
  document.addEventListener('click', ({ target }) => {
    const button = (target as Element).closest<HTMLElement>('button');
    const { rgOpen, rgCopy } = button?.dataset ?? {};
    if (rgOpen) document.querySelector<HTMLDialogElement>(`dialog#${rgOpen}`)?.showModal();
    if (rgCopy !== undefined) void copy(button!, words);
    // A click beside a dialog is on the dialog itself.
    if (target instanceof HTMLDialogElement) target.close();
  });
  document.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLSelectElement && target.matches('[data-rg-go]')) target.form?.submit();
  });
}

async function send(form: HTMLFormElement, words: Words, parts: Parts) {
  const said = form.querySelector('.rg-said') ?? form.parentElement!.querySelector('.rg-said');
  const say = (text: string) => said && (said.textContent = text);
  form.setAttribute('aria-busy', 'true');
  say('');
  try {
    const answer = await fetch(form.action, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: form.dataset.rgBody ?? '{}',
    });
    const body = (await answer.json().catch(() => ({}))) as Answer;
    if (answer.ok) {
      const field = form.querySelector<HTMLInputElement>('input[name=url]');
      if (field && body.url) {
        field.value = body.url;
        for (const el of form.querySelectorAll('[hidden]')) el.removeAttribute('hidden');
        field.select();
      }
      form.closest('dialog')?.close();
      await parts.refresh();
    } else {
      say([body.error?.message ?? answer.statusText, body.error?.hint].filter(Boolean).join(' — '));
    }
  } catch {
    say(words.unreachable ?? '');
  }
  form.removeAttribute('aria-busy');
}

interface Answer {
  url?: string;
  error?: { message?: string; hint?: unknown };
}

async function copy(button: HTMLElement, words: Words) {
  const field = button.parentElement!.querySelector('input')!;
  field.select();
  // Without a secure origin there is no way to the clipboard but a person's own hand.
  const clipboard = 'clipboard' in navigator ? navigator.clipboard.writeText(field.value) : Promise.reject(new Error());
  const said = await clipboard.then(
    () => words.copied,
    () => words.selected,
  );
  const text = (button.dataset.rgCopy ||= button.textContent);
  button.textContent = said ?? text;
  setTimeout(() => (button.textContent = text), COPIED_MS);
}

/** A link that goes into another program needs the whole address; the server does not always know it. */
export function dressLinks(root: ParentNode) {
  for (const field of root.querySelectorAll<HTMLInputElement>('input[data-rg-url]'))
    field.value = new URL(field.value, location.href).href;
}
