// What a plugin's author imports: kinds of plugins, HTML, refusals, checks of what an action holds.

export { Fault, want } from './fault.js';
export { attributes, button, form, Html, html, icon, meter, pips, plate } from './html.js';
export { log } from './log.js';
export { ranked } from './race.js';

/** A tracker: what participants have and have done. */
export function defineTracker(plugin) {
  return define('tracker', plugin, []);
}

/** A sheet of hints. */
export function defineIndices(plugin) {
  return define('indices', plugin, []);
}

/** The rules of a race. */
export function defineRace(plugin) {
  return define('race', plugin, ['standings', 'project']);
}

function define(kind, plugin, more) {
  const needed = ['catalog', 'update', 'render', ...more];
  if (typeof plugin.start !== 'function') needed.push('preset');
  for (const name of needed) {
    if (typeof plugin[name] !== 'function') {
      throw new TypeError(`a ${kind} has a function \`${name}\`; this one has none`);
    }
  }
  return { ...plugin, kind };
}
