/** The server's clock, as near as a few requests can tell: that a countdown ends everywhere in the same moment. */
export class Clock {
  /** Milliseconds that the server is ahead of this machine. */
  #ahead: number;
  /** Round trip of the best measurement; half of it is how wrong it may be. */
  #trip = Infinity;

  /** `now`: the server's when it wrote the page. `url`: answers JSON with `server_time_ms`. */
  constructor(
    now: unknown,
    private readonly url: unknown,
  ) {
    this.#ahead = typeof now === 'number' ? now - Date.now() : 0;
  }

  now(): number {
    return Date.now() + this.#ahead;
  }

  /** Asks the server `times` times, one after the other, and keeps the quickest answer. */
  async measure(times = 3): Promise<void> {
    if (typeof this.url !== 'string') return;
    for (let i = 0; i < times; i++) {
      const sent = Date.now();
      try {
        const answer = (await (await fetch(this.url)).json()) as { server_time_ms?: unknown };
        const trip = Date.now() - sent;
        if (typeof answer.server_time_ms !== 'number' || trip >= this.#trip) continue;
        this.#trip = trip;
        this.#ahead = answer.server_time_ms + trip / 2 - Date.now();
      } catch {
        // Not reached: what was known stays.
      }
    }
  }
}
