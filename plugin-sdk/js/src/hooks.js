// The hooks as the host calls them: JSON text in, JSON text out, a `Fault` thrown.
//
// A batch is applied in order, each action on a copy of the state, which replaces the state only when it was accepted: a refused
// action cannot leave a trace, whatever it did before it failed.

import { Fault } from './fault.js';
import { drawing, Html } from './html.js';

export function catalog(plugin, request) {
  const { locale, settings = {} } = JSON.parse(request);
  const answer = plugin.catalog({ locale: localeOf(locale), settings, t: chooser(locale) });
  return encode('catalog', answer);
}

export function preset(plugin, request) {
  const asked = { settings: {}, ...JSON.parse(request) };
  return encode('preset', plugin.start ? plugin.start(asked) : { state: plugin.preset(asked) });
}

export function update(plugin, request) {
  const { state, derived, actions, settings = {} } = JSON.parse(request);
  let now = state;
  const results = actions.map(({ action, ctx }, index) => {
    try {
      const done = apply(plugin, now, action, { ...ctx, settings, derived });
      now = done.state;
      return done.result;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // What happens to a race is told, not asked: what this mode does not know of it changes nothing.
      if (plugin.standings && String(action?.type).startsWith('host:')) return { changed: false };
      return { changed: false, fault: record(error, `actions[${index}].`) };
    }
  });
  return encode('update', { state: now, results });
}

function apply(plugin, state, action, ctx) {
  if (typeof action !== 'object' || action === null || Array.isArray(action)) {
    throw new Fault('bad_action', 'an action is a JSON object', 'action');
  }
  const said = { effects: [], words: undefined };
  const cx = {
    ...ctx,
    words: (words) => (said.words = String(words)),
    effect: (effect) => void said.effects.push(effect),
  };
  const before = JSON.stringify(state);
  const draft = JSON.parse(before);
  const next = plugin.update(draft, action, cx) ?? draft;
  if (typeof next?.then === 'function') throw new TypeError('`update` answers a promise; hooks do not wait');
  const result = { changed: JSON.stringify(next) !== before && !same(next, state) };
  if (said.effects.length > 0) result.effects = said.effects;
  if (said.words !== undefined) result.words = said.words;
  return { state: result.changed ? next : state, result };
}

export function render(plugin, request) {
  const { state, view: projected, ...asked } = JSON.parse(request);
  const view = { settings: {}, ...asked, locale: localeOf(asked.locale), t: chooser(asked.locale) };
  view.overlay = view.surface.startsWith('overlay:') ? view.surface.slice('overlay:'.length) : undefined;
  view.shown = view.participants.filter(({ slot }) => view.slot === undefined || view.slot === null || slot === view.slot);
  const drawn = drawing(view, () => plugin.render(state ?? projected, view));
  if (!(drawn instanceof Html)) throw new TypeError('`render` answers html`…`');
  return drawn.text;
}

export function migrate(plugin, request) {
  const asked = { settings: {}, ...JSON.parse(request) };
  if (!plugin.migrate) {
    throw new Fault('cannot_migrate', `no way from state version ${asked.from} to this one`);
  }
  return encode('migrate', plugin.migrate(asked));
}

export function standings(plugin, request) {
  const { state, ...race } = JSON.parse(request);
  return encode('standings', plugin.standings(state, { settings: {}, ...race }));
}

export function project(plugin, request) {
  const { state, standings, viewer, ...race } = JSON.parse(request);
  return encode('project', plugin.project(state, standings, viewer, { settings: {}, ...race }));
}

export function reveal(plugin, request) {
  if (!plugin.reveal) throw new Fault('no_seed', 'this mode has no seed to reveal');
  const { seed, reveal, ...around } = JSON.parse(request);
  return encode('reveal', plugin.reveal(seed, reveal, { settings: {}, ...around }));
}

/** A fault as it crosses; a path of the action's becomes one of the request's. */
export function record(fault, prefix = '') {
  const { code, message, path } = fault;
  if (prefix === '') return { code: String(code), message, path: path ?? undefined };
  const within = (path ?? '').replace(/^action\.?/, '');
  return { code: String(code), message, path: prefix + (within ? `action.${within}` : 'action') };
}

/** Anything else than French reads English, as in the rest of Régie. */
function localeOf(tag) {
  return /^fr([-_]|$)/i.test(tag) ? 'fr' : 'en';
}

function chooser(tag) {
  const locale = localeOf(tag);
  return (en, fr) => (locale === 'fr' ? fr : en);
}

function encode(hook, answer) {
  const text = JSON.stringify(answer);
  if (text === undefined) throw new TypeError(`\`${hook}\` answers nothing`);
  return text;
}

/** Equal as JSON, whatever the order of keys. */
export function same(a, b) {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}
