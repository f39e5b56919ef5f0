let sink = (level, message) => console.error(`${level}: ${message}`);

/** One line in the host's log: `debug`, `info`, `warn` or `error`. */
export function log(level, message) {
  sink(level, String(message));
}

/** Where lines go: to the host, once this is a component. */
export function logTo(to) {
  sink = to;
}
