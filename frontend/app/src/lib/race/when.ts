// A start is typed in the viewer's zone (a `datetime-local` field), told in theirs and in UTC.

/** As a `datetime-local` field holds it: "2026-03-01T20:30", in this device's zone. */
export function localInput(iso: string | null | undefined): string {
  const at = new Date(iso ?? '');
  if (Number.isNaN(at.getTime())) return '';
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The moment a field means, in UTC; nothing where it is empty. */
export function fromLocalInput(text: string): string | undefined {
  const at = new Date(text);
  if (text === '' || Number.isNaN(at.getTime())) return undefined;
  return at.toISOString().replace('.000Z', 'Z');
}

export interface When {
  /** In the viewer's zone, with the zone's name. */
  here: string;
  utc: string;
}

/** `timeZone`: the viewer's, where it is another than the device's. */
export function when(iso: string, locale: string, timeZone?: string): When {
  const at = new Date(iso);
  const long = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  const here = new Intl.DateTimeFormat(locale, { ...long, timeZoneName: 'short', ...(timeZone && { timeZone }) });
  const utc = new Intl.DateTimeFormat(locale, { ...long, timeZone: 'UTC', timeZoneName: 'short' });
  return { here: here.format(at), utc: utc.format(at) };
}
