// The only door to the server: every call goes through `api`, and every answer through `ok`.
import createClient from 'openapi-fetch';
import { Problem, problemFrom } from './problem';
import type { paths } from './schema';

export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' });

type Reply<T> = { data?: T; error?: unknown; response: Response };

let signedOut: (() => void) | undefined;

/** Called when the server no longer knows us in the middle of work, so that the app can ask to sign in again. */
export function onSignedOut(handler: () => void): void {
  signedOut = handler;
}

/** The data of an answer, or a thrown {@link Problem}. */
export async function ok<T>(reply: Promise<Reply<T>>): Promise<T> {
  const { data, error, response } = await reply;
  if (response.ok) return data as T;
  const problem: Problem = problemFrom(response.status, error);
  // At the login form itself a 401 means a wrong password, which the form shows.
  if (problem.status === 401 && !new URL(response.url).pathname.startsWith('/api/auth/')) signedOut?.();
  throw problem;
}

/** The first pages of a list that may go back for years, and whether there is more of it. */
export async function firstPages<T>(
  page: (after: string | undefined) => Promise<{ items: T[]; next?: string | null }>,
  count: number,
): Promise<{ items: T[]; older: boolean }> {
  const items: T[] = [];
  let after: string | undefined;
  for (let read = 0; read < count; read++) {
    const answer = await page(after);
    items.push(...answer.items);
    after = answer.next ?? undefined;
    if (after === undefined) break;
  }
  return { items, older: after !== undefined };
}

/** Follows `next` to the end: lists of a crew are a few hundred rows at most. */
export async function all<T, C extends string | number>(
  page: (after: C | undefined) => Promise<{ items: T[]; next?: C | null }>,
): Promise<T[]> {
  const rows: T[] = [];
  let after: C | undefined;
  do {
    const answer = await page(after);
    rows.push(...answer.items);
    after = answer.next ?? undefined;
  } while (after !== undefined);
  return rows;
}
