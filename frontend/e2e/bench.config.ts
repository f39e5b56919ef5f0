import config from './playwright.config.js';

// Measurements, printed; nothing here can fail by being slow.
export default { ...config, testDir: 'bench', testMatch: '*.bench.ts' };
