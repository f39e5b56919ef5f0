import { Calm } from './calm';
import { listenFold } from './fold';
import { morph } from './morph';
import type { Page } from './page';
import { share } from './share';
import { start } from './start';

/** An overlay: pictures, and nothing a person could do to them but fold. */
export function startOverlay(page: Page) {
  const calm = new Calm();
  for (const { el } of page.blocks) share(el);
  listenFold(page);
  start(page, ({ el }, html) =>
    calm.show(el, html, () => {
      morph(el, html);
      share(el);
    }),
  );
}
