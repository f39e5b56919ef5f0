// What differs between two versions of a document, as a person compares them: one line a place.

export interface Change {
  /** `participant.items.bow`, `state[0].label`; empty: the document as a whole. */
  path: string;
  kind: 'added' | 'removed' | 'changed';
  before?: unknown;
  after?: unknown;
}

type Plain = Record<string, unknown>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Members that differ between any two versions and say nothing. */
const noise = new Set(['version', 'updated_at']);

export function diff(before: unknown, after: unknown, path = ''): Change[] {
  if (isPlain(before) && isPlain(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys
      .filter((key) => path !== '' || !noise.has(key))
      .flatMap((key) => member(before, after, key, path === '' ? key : `${path}.${key}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [was, is]: [unknown[], unknown[]] = [before, after];
    return Array.from({ length: Math.max(was.length, is.length) }).flatMap((_, index) =>
      member(Object.fromEntries(was.entries()), Object.fromEntries(is.entries()), String(index), `${path}[${index}]`),
    );
  }
  return Object.is(before, after) ? [] : [{ path, kind: 'changed', before, after }];
}

function member(before: Plain, after: Plain, key: string, path: string): Change[] {
  if (!Object.hasOwn(before, key)) return [{ path, kind: 'added', after: after[key] }];
  if (!Object.hasOwn(after, key)) return [{ path, kind: 'removed', before: before[key] }];
  return diff(before[key], after[key], path);
}

/** A value in one line; long ones are cut, for their beginning tells what they are. */
export function shown(value: unknown, most = 160): string {
  const text = JSON.stringify(value);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
