import { call, path } from './pending';
import type { Pool, PoolJob, PoolScan } from './race-types';

export const listPools = async () => (await call<{ items: Pool[] }>('GET', '/api/pools')).items;
/** Reads the folders anew. */
export const scanPools = () => call<PoolScan>('POST', '/api/admin/seeds/scan', {});
export const generateSeeds = (pool: string, count: number) =>
  call<{ job: string }>('POST', path`/api/admin/pools/${pool}/generate`, { count });
export const listPoolJobs = async () => (await call<{ items: PoolJob[] }>('GET', '/api/admin/pools/jobs')).items;
export const cancelPoolJob = (id: string) => call<undefined>('DELETE', path`/api/admin/pools/jobs/${id}`);
