// One configuration for all workspaces; a workspace that needs a plugin (Svelte) adds its block here.
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['**/dist/', '**/build/', '**/.svelte-kit/', '**/results/']),
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Numbers in text are meant: a slot, a count, a duration.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // What the server sends is checked where it is read; `!` stays for what the line above has proved.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Event handlers answer nothing; `() => void` with a value is how short ones are written.
      '@typescript-eslint/no-confusing-void-expression': 'off',
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
);
