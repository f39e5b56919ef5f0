import type { Problem } from './problem';

/** `participants[1].label`, `/participants/1/label` and `participants.1.label` are one field. */
export function fieldPath(path: string): string {
  return path
    .replace(/\[(\d+)\]/g, '.$1')
    .replace(/^[$#]?[./]+/, '')
    .replaceAll('/', '.')
    .replace(/^body\./, '');
}

export interface Refusal {
  /** Shown at the field of that name. */
  fields: Record<string, string>;
  /** Shown above the form: what no field can be blamed for. */
  whole: Problem | undefined;
}

/** Where to show a refusal: at the field it names, or its nearest parent that the form has; else above the form. */
export function refusal(problem: Problem, hasField: (name: string) => boolean): Refusal {
  let name = problem.path === undefined ? '' : fieldPath(problem.path);
  while (name !== '' && !hasField(name)) name = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  if (name === '') return { fields: {}, whole: problem };
  return { fields: { [name]: sentence(problem) }, whole: undefined };
}

/** Message and hint in one line, for the place below a field. */
export function sentence(problem: Pick<Problem, 'message' | 'hint'>): string {
  return problem.hint === undefined ? problem.message : `${problem.message} — ${problem.hint}`;
}
