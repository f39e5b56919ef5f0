/** How far it goes at a time, in milliseconds. */
export const clockStep = 10_000;

/** The time as "3 minutes ago" needs it: one timer for the whole app, which runs while something is shown by it. */
class SlowClock {
  now = $state(Date.now());
  #watchers = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  watch(): () => void {
    this.now = Date.now();
    this.#watchers += 1;
    this.#timer ??= setInterval(() => (this.now = Date.now()), clockStep);
    return () => {
      this.#watchers -= 1;
      if (this.#watchers > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }
}

export const slowClock = new SlowClock();
