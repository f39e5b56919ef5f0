// Hooks are pure: the same request gives the same answer, on every machine. What would differ says so where it is used.

const missing = (what, instead) => () => {
  throw new Error(`${what} is not there: a plugin's answers depend on its request only; use ${instead}`);
};

/** Runs `hook` without chance and without a clock. `new Date(ms)` works. */
export function still(hook) {
  const { Date, performance, crypto } = globalThis;
  const { random } = Math;
  const noClock = missing('the clock', '`cx.now_ms`');
  const noChance = missing('chance', '`random` of the request (`cx.random`)');
  Math.random = noChance;
  globalThis.Date = new Proxy(Date, {
    construct: (target, given, as) => (given.length === 0 ? noClock() : Reflect.construct(target, given, as)),
    apply: noClock,
    get: (target, key) => (key === 'now' ? noClock : Reflect.get(target, key)),
  });
  define('performance', { now: noClock });
  define('crypto', { getRandomValues: noChance, randomUUID: noChance });
  try {
    return hook();
  } finally {
    Math.random = random;
    globalThis.Date = Date;
    define('performance', performance);
    define('crypto', crypto);
  }
}

function define(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
