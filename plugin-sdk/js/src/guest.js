// A plugin as a component: what the entry that `regie plugin build` writes exports.

import { Fault } from './fault.js';
import * as hooks from './hooks.js';
import { logTo } from './log.js';
import { still } from './still.js';

export function component(plugin, log) {
  logTo(log);
  const run = (name) => (request) => {
    try {
      return still(() => hooks[name](plugin, request));
    } catch (error) {
      // A record that is thrown is the interface's `err`; an Error traps.
      if (error instanceof Fault) throw hooks.record(error);
      log('error', `${name}: ${error?.message ?? error}\n${error?.stack ?? ''}`.trim());
      throw error;
    }
  };
  const all = (names) => Object.fromEntries(names.map((name) => [name, run(name)]));
  return {
    hooks: all(['catalog', 'preset', 'update', 'render']),
    race: all(['standings', 'project', 'reveal']),
    migration: all(['migrate']),
  };
}
