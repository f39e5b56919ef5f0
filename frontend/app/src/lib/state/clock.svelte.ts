/** How far the slow clock goes at a time, in milliseconds. */
export const clockStep = 10_000;

/** One timer for the whole app, which runs while something is shown by it. */
class Clock {
  now = $state(Date.now());
  #step: number;
  #watchers = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(step: number) {
    this.#step = step;
  }

  watch(): () => void {
    this.now = Date.now();
    this.#watchers += 1;
    this.#timer ??= setInterval(() => (this.now = Date.now()), this.#step);
    return () => {
      this.#watchers -= 1;
      if (this.#watchers > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }
}

/** The time as "3 minutes ago" needs it. */
export const slowClock = new Clock(clockStep);
/** The time as a countdown needs it: no second is seen late. */
export const fastClock = new Clock(200);
