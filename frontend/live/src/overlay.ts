/** Entry of overlay pages: shows, reconnects, and is silent about it (`html[data-link]` says how the link is). */
import './overlay.css';
import { Calm } from './calm';
import { morph } from './morph';
import { readPage } from './page';
import { share } from './share';
import { start } from './start';

const page = readPage(document);
const calm = new Calm();
for (const { el } of page.blocks) share(el);

start(page, ({ el }, html) =>
  calm.show(el, html, () => {
    morph(el, html);
    share(el);
  }),
);
