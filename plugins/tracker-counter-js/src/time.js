// @ts-check
import { Fault } from '@regie/sdk';

import { LONGEST_MS } from './state.js';

const two = (/** @type {number} */ number) => String(number).padStart(2, '0');

/** `1:02:03`. @param {number} ms */
export function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** The time of day, `14:32`. @param {number} ms since 1970 @param {number} offset minutes ahead of UTC */
export function ofDay(ms, offset) {
  const minutes = (((Math.floor(ms / 60_000) + offset) % 1440) + 1440) % 1440;
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Reads `1:02:03`, `62:03` and `62`. @param {unknown} text @param {string} path milliseconds */
export function read(text, path) {
  const found = typeof text === 'string' ? /^(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,6})$/.exec(text.trim()) : null;
  if (!found) throw new Fault('bad_time', 'a time is written like 1:02:03', path);
  const [hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  const ms = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  if (ms > LONGEST_MS) throw new Fault('bad_time', `a timer goes to ${clock(LONGEST_MS)}`, path);
  return ms;
}
