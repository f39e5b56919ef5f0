/** "1:02:03", "4:05"; a countdown of less than a minute is "0:09". Negative is as zero. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number) => String(part).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A countdown reads "0:01" until its last moment is over. */
export const countdownText = (ms: number): string => clockText(Math.ceil(Math.max(0, ms) / 1000) * 1000);

/** By how much the server's clock is ahead of this one, from the answer that took the shortest way. */
export class Skew {
  ms = 0;
  #best = Infinity;

  /** What the server said, and when it was asked and heard by this clock; all in milliseconds since 1970. */
  hear(serverMs: number, asked: number, heard: number): void {
    const took = heard - asked;
    if (took > this.#best) return;
    this.#best = took;
    this.ms = serverMs - (asked + heard) / 2;
  }
}
