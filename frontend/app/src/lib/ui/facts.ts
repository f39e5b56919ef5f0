// Numbers the server reports about itself, in the shape it chooses: names by their last word tell the unit.

export type Fact = { name: string; value: string };

/** Flattens an object into "a.b" names; lists become their length when they hold objects. */
export function facts(report: unknown, number: (n: number) => string, prefix = ''): Fact[] {
  if (typeof report !== 'object' || report === null) return [];
  return Object.entries(report).flatMap(([key, value]: [string, unknown]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return facts(value, number, name);
    return [{ name: readable(name), value: shown(name, value, number) }];
  });
}

/** "hit_rate_ms" → "hit rate": the unit stands with the value. */
export function readable(name: string): string {
  return name
    .replace(/_(ms|us|ns|bytes)$/, '')
    .replaceAll('_', ' ')
    .replaceAll('.', ' · ');
}

function shown(name: string, value: unknown, number: (n: number) => string): string {
  if (Array.isArray(value)) {
    const plain = value.every((each) => typeof each !== 'object');
    return plain ? value.join(', ') : number(value.length);
  }
  if (typeof value !== 'number') return typeof value === 'string' || typeof value === 'boolean' ? String(value) : '–';
  if (name.endsWith('_bytes')) return bytes(value, number);
  const unit = /_(ms|us|ns)$/.exec(name)?.[1];
  return unit === undefined ? number(value) : `${number(value)} ${unit === 'us' ? 'µs' : unit}`;
}

export function bytes(size: number, number: (n: number) => string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let step = 0;
  let value = size;
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  return `${number(value)} ${units[step] ?? ''}`;
}

/** "3 d 4 h", "12 min 5 s": the two largest parts, for an uptime. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}
