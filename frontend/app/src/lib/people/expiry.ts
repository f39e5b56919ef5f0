// How long an invitation is good: a few sizes that people think in, and what the server wants for them.

export const expiries = ['day', 'week', 'month', 'quarter'] as const;
export type Expiry = (typeof expiries)[number];

// The server takes 90 days at most; this clock may be ahead of its own.
const days: Record<Expiry, number> = { day: 1, week: 7, month: 30, quarter: 89 };

/** RFC 3339 in UTC, to the second. */
export function expiresAt(expiry: Expiry, now: number): string {
  return new Date(now + days[expiry] * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** An invitation that nobody can use any more. */
export function isSpent(
  invite: { expires?: string | null; uses?: number | null; used?: number | null },
  now: number,
): boolean {
  if (invite.expires && Date.parse(invite.expires) <= now) return true;
  return typeof invite.uses === 'number' && (invite.used ?? 0) >= invite.uses;
}
