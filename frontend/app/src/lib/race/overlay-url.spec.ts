import { expect, it } from 'vitest';
import { plainRaceOptions, raceOverlayUrl } from './overlay-url';

const way = { name: 'way', title: 'Way', width: 1920, height: 1080, base: true, url: '/overlay/0190/way' };
const board = { ...way, name: 'board', base: false, url: '/overlay/0190/board' };
const at = (more: Partial<typeof plainRaceOptions>, overlay = way, opened?: string) =>
  raceOverlayUrl(overlay, { ...plainRaceOptions, ...more }, 'https://regie.example', opened);

it.each([
  [at({}), 'https://regie.example/overlay/0190/way'],
  [at({ delay: 60, scale: 50 }), 'https://regie.example/overlay/0190/way?scale=0.5&delay=60'],
  [at({ steps: 5 }), 'https://regie.example/overlay/0190/way'],
  [at({ follow: true, steps: 5 }), 'https://regie.example/overlay/0190/way?follow=true&maxLayers=5'],
  [at({ follow: true }, board), 'https://regie.example/overlay/0190/board'],
  [
    at({ delay: 30 }, board, '/overlay/0190/board?key=k.1'),
    'https://regie.example/overlay/0190/board?key=k.1&delay=30',
  ],
])('an overlay of a race is at %s', (url, wanted) => {
  expect(url).toBe(wanted);
});
