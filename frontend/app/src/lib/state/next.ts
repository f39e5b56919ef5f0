/**
 * Where to go after signing in: a path of this server (`/demi-a/live`, `/app/users`), never another host. What is not
 * such a path is dropped.
 */
export function safeNext(next: string | null, origin: string): string {
  const home = '/app/restreams';
  if (next === null || !next.startsWith('/')) return home;
  try {
    const url = new URL(next, origin);
    return url.origin === origin ? url.pathname + url.search + url.hash : home;
  } catch {
    return home;
  }
}
