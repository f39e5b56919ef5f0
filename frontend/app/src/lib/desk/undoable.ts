import { restore } from '$lib/api/sessions';
import type { Done } from '$lib/api/types';
import { t } from '$lib/i18n/i18n.svelte';
import { toasts } from '$lib/state/toasts.svelte';
import { attempt } from '$lib/state/work.svelte';

/**
 * Says that a whole session was replaced, with the way back for as long as it is shown. The history keeps what stood
 * before at one version less.
 */
export function doneWithUndo(slug: string, panel: string, done: Done, text: string, after = () => {}): void {
  const before = done.version - 1;
  if (before < 1) {
    toasts.done(text);
    return;
  }
  toasts.done(text, {
    word: t('app.undo'),
    run: () =>
      void attempt(async () => {
        await restore(slug, panel, before);
        after();
        toasts.done(t('app.undo.restored'));
      }),
  });
}
