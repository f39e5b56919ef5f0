import type { Pool, PoolJob } from '$lib/api/race-types';

/** The last time seeds were made for a pool, or that they are being made; `jobs`: newest first. */
export const jobOf = (pool: Pool, jobs: readonly PoolJob[]): PoolJob | undefined =>
  pool.running ?? jobs.find((job) => job.pool === pool.name);
