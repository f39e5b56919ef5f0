/** Entry of live pages: an overlay's pictures, and acting on them. */
import './page.css';
import { startLive } from './live/controller';
import { readPage } from './page';

startLive(readPage(document));
