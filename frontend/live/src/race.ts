/** Entry of what pages of races have beside live.ts: times and countdowns, gliding rows, buttons that call the API. */
import './race.css';
import { Calm } from './calm';
import { SHOW, type Showing } from './hooks';
import { readData } from './page';
import { dressLinks, listenButtons } from './race/buttons';
import { Clock } from './race/clock';
import { Counters } from './race/counters';
import { Parts } from './race/parts';
import { dressTimes } from './race/times';

const data = readData(document);
const words = (data.words ?? {}) as Record<string, string>;
const parts = new Parts();
const clock = new Clock(data.now, data.clock);
const counters = new Counters(clock, document);
const calm = new Calm();

dressTimes(document);
dressLinks(document);
counters.look();
listenButtons(words, parts);

document.addEventListener(SHOW, (event) => {
  const { el, html, put } = (event as CustomEvent<Showing>).detail;
  event.preventDefault();
  calm.show(el, html, () => {
    put();
    dressTimes(el);
    counters.look();
    parts.look();
  });
});
parts.start((part) => {
  dressTimes(part);
  dressLinks(part);
  counters.look();
});
