// What the other workspaces do not need: Svelte's parser and rules.
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';
import shared from '../eslint.config.js';
import svelteConfig from './svelte.config.js';

export default defineConfig(
  { ignores: ['src/lib/api/schema.d.ts'] },
  ...shared,
  // Before Svelte's own, which sets the parser of these files.
  { files: ['**/*.svelte'], extends: [ts.configs.strict] },
  ...svelte.configs.recommended,
  // The nearest configuration is not enough for the project service, which sees two candidates.
  { languageOptions: { parserOptions: { tsconfigRootDir: import.meta.dirname } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Half of the links lead out of the app: live pages and overlays are the server's.
      'svelte/no-navigation-without-resolve': ['error', { ignoreLinks: true }],
    },
  },
  { files: ['dev/*.mjs'], languageOptions: { globals: globals.node } },
);
