/** Entry of overlay pages: shows, reconnects, and is silent about it (`html[data-link]` says how the link is). */
import './overlay.css';
import { morph } from './morph';
import { readPage } from './page';
import { start } from './start';

start(readPage(document), (block, html) => morph(block.el, html));
