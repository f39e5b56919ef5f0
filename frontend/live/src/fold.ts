import type { Page } from './page';

/**
 * An overlay in a window of its own: `folded` of the page's data closes what can be folded, and `keys` names the keys that fold
 * (`fold`) and that hide all of it (`all`), in small letters.
 */
export function listenFold({ data }: Page) {
  const { folded, keys } = data as { folded?: boolean; keys?: { all?: string; fold?: string } };
  const fold = (open?: boolean) => {
    for (const details of document.querySelectorAll('details')) details.open = open ?? !details.open;
  };
  if (folded) fold(false);
  if (!keys) return;
  document.addEventListener('keydown', (event) => {
    const key = event.key.toLowerCase();
    if (key === keys.fold) fold();
    else if (key === keys.all) document.body.toggleAttribute('data-rg-away');
    else return;
    event.preventDefault();
  });
}
