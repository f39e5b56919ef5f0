/** Entry of the replay of a race that is over: a slider over its time. Nothing is linked; pictures are asked for. */
import { readData } from './page';
import { dressTimes } from './race/times';
import { Pictures } from './replay/pictures';
import { Player } from './replay/player';

const data = readData(document);
const pictures = new Pictures(String(data.replay), document.documentElement.lang);
const player = new Player(document.querySelector<HTMLElement>('.rg-replay')!, (at) => pictures.want(at));
player.start();
dressTimes(document);
