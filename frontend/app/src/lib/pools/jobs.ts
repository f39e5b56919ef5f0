import type { Pool, PoolJob } from '$lib/api/race-types';

export interface RunningJob extends PoolJob {
  /** By which it is cancelled. */
  id: string;
}

/** The seeds that are being made for a pool: as the list of jobs tells it, or the pool itself. */
export function jobOf(pool: Pool, jobs: readonly PoolJob[]): RunningJob | undefined {
  const job = jobs.find((each) => each.pool === pool.name) ?? pool.running;
  const id = job?.id ?? job?.job;
  return job && id !== undefined ? { ...job, id } : undefined;
}
