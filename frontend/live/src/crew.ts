/** Entry of what only those who edit need, beside live.ts: completing while they type. */
import { listenComplete } from './crew/complete';
import { readPage } from './page';

listenComplete(readPage(document));
