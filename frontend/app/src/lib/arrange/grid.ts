// The live page: cells in a row of twelve columns, which wrap where they do not fit.

import type { LiveCell } from '$lib/api/types';

export const columns = 12;
/** Below this a tracker is not usable. */
export const leastSpan = 2;

export function moved(cells: readonly LiveCell[], from: number, to: number): LiveCell[] {
  const at = Math.max(0, Math.min(cells.length - 1, to));
  const cell = cells[from];
  if (!cell || at === from) return [...cells];
  const rest = cells.filter((_, index) => index !== from);
  return [...rest.slice(0, at), cell, ...rest.slice(at)];
}

export function resized(cells: readonly LiveCell[], index: number, span: number): LiveCell[] {
  const within = Math.max(leastSpan, Math.min(columns, Math.round(span)));
  return cells.map((cell, at) => (at === index ? { ...cell, span: within } : cell));
}
