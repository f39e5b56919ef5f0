// @ts-check
// Named counters and timers for any game. What counts is defined once; how much, each participant has for themselves.

import { defineTracker } from '@regie/sdk';

import { act } from './actions.js';
import { catalogOf } from './catalog.js';
import { start } from './state.js';
import { render } from './view.js';

export default defineTracker({
  catalog: catalogOf,
  preset: start,
  update: act,
  render,
});
