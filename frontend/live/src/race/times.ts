/** `1:02:03`; below an hour `2:03`. `brief`: the last minute as bare seconds. Days are hours. */
export function clockText(ms: number, brief = false): string {
  const seconds = Math.floor(ms / 1_000);
  if (brief && seconds < 60) return String(seconds);
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Times that the server wrote in UTC are said in the viewer's zone, and in UTC. */
export function dressTimes(root: ParentNode) {
  for (const el of root.querySelectorAll<HTMLTimeElement>('time[data-rg-time]')) {
    const at = new Date(el.dateTime);
    if (isNaN(at.getTime())) continue;
    const lang = document.documentElement.lang;
    const day = { weekday: 'short', day: 'numeric', month: 'short' } as const;
    const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    const year = at.getFullYear() === new Date().getFullYear() ? {} : ({ year: 'numeric' } as const);
    const say = (more: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(lang, more).format(at);
    const utc = { timeZone: 'UTC', ...time } as const;
    // The day, too, where it is another one there.
    const other = say({ ...day }) !== say({ ...day, timeZone: 'UTC' });
    const zone = say({ timeZoneName: 'short', ...time });
    const text = `${say({ ...day, ...year })} ${zone}`;
    el.textContent = /\bUTC$/.test(zone)
      ? text
      : `${text} (${other ? `${say({ ...day, timeZone: 'UTC' })} ` : ''}${say(utc)} UTC)`;
  }
}
