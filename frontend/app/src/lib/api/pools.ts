import { api, ok } from './client';

export const listPools = async () => (await ok(api.GET('/api/pools'))).items;
/** Reads the folders anew. */
export const scanPools = () => ok(api.POST('/api/admin/seeds/scan'));
export const generateSeeds = (pool: string, count: number) =>
  ok(api.POST('/api/admin/pools/{pool}/generate', { params: { path: { pool } }, body: { count } }));
export const listPoolJobs = async () => (await ok(api.GET('/api/admin/pools/jobs'))).items;
export const cancelPoolJob = (id: string) => ok(api.DELETE('/api/admin/pools/jobs/{id}', { params: { path: { id } } }));
