/** Entry of overlay pages: shows, reconnects, and is silent about it (`html[data-link]` says how the link is). */
import './overlay.css';
import { startOverlay } from './canvas';
import { readPage } from './page';

startOverlay(readPage(document));
