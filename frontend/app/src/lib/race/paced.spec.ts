import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { paced } from './paced';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('what is asked for often runs at once, then once a pause, and not after it was stopped', () => {
  let runs = 0;
  const job = paced(() => runs++, 1000);
  for (let asked = 0; asked < 10; asked++) job.run();
  expect(runs).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(runs).toBe(2);
  vi.advanceTimersByTime(5000);
  expect(runs).toBe(2);
  job.run();
  job.run();
  expect(runs).toBe(3);
  job.stop();
  vi.advanceTimersByTime(5000);
  expect(runs).toBe(3);
});
