import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

const server = process.env.REGIE_URL ?? 'http://127.0.0.1:8499';

export default defineConfig({
  plugins: [sveltekit()],
  server: {
    fs: { allow: ['../locales', '../node_modules'] },
    // Everything that is not the app is the server's (`npm run mock`, or a real one in REGIE_URL).
    // With its own Host: a real one refuses writes whose Origin is another.
    proxy: {
      '/api': { target: server, changeOrigin: false },
      '/live': { target: server, changeOrigin: false, ws: true },
      '^/(?!app(/|$)|@|node_modules)': { target: server, changeOrigin: false },
    },
  },
  // The bundler's own warnings (an unused import, a circular chunk) should not scroll by unseen.
  build: { assetsInlineLimit: 0, reportCompressedSize: true },
  test: { include: ['src/**/*.spec.ts'], environment: 'node' },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
});
