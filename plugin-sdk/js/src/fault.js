/**
 * A clean refusal: the action is wrong, not the plugin. `code` is a stable word, `message` is shown to the person who acted,
 * `path` says what of the action was wrong (`action.item`).
 */
export class Fault extends Error {
  constructor(code, message, path) {
    super(message);
    this.name = 'Fault';
    this.code = code;
    this.path = path;
  }

  at(path) {
    this.path = path;
    return this;
  }
}

const refuse = (path, message) => new Fault('bad_action', message, path);
const shown = (value) => JSON.stringify(value)?.slice(0, 60) ?? String(value);

/** What an action holds may be anything: each of these answers the value, or refuses the action. */
export const want = {
  /** A whole number between `min` and `max`. */
  integer(value, path, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      throw refuse(path, `${shown(value)} is no whole number from ${min} to ${max}`);
    }
    return value;
  },

  /** A text of at most `max` characters, without space around it, and not empty. */
  text(value, path, max = 200) {
    const text = typeof value === 'string' ? value.trim() : '';
    if (text === '' || text.length > max) throw refuse(path, `a text of 1 to ${max} characters is expected`);
    return text;
  },

  /** One of a list, or a key of a table of your own. */
  oneOf(value, all, path) {
    const keys = Array.isArray(all) ? all : Object.keys(all);
    if (!keys.includes(value)) throw new Fault('unknown', `there is no ${shown(value)}`, path);
    return value;
  },

  /** The slot of somebody who takes part. */
  slot(value, participants, path = 'action.slot') {
    if (!participants.some((participant) => participant.slot === value)) {
      throw new Fault('unknown_slot', `nobody plays in slot ${shown(value)}`, path);
    }
    return value;
  },
};
