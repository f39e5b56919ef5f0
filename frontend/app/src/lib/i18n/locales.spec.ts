import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../../../../locales/en.json';
import fr from '../../../../locales/fr.json';

const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(svelte|ts)$/.test(name) && !/\.(spec|d)\.ts$/.test(name))
  .map((name) => readFileSync(join('src', name), 'utf8'))
  .join('\n');
const used = new Set(source.match(/(?<=')app\.[a-z0-9.-]+(?=')/g));
const withoutForm = (key: string) => key.replace(/\.(one|other)$/, '');
const holes = (sentence: string) => (sentence.match(/\{\w+\}/g) ?? []).sort();

describe('the words', () => {
  it('are the same keys in both languages, in the same order', () => {
    expect(Object.keys(fr)).toEqual(Object.keys(en));
  });

  it('are all used', () => {
    expect(Object.keys(en).filter((key) => !used.has(withoutForm(key)) && !used.has(key))).toEqual([]);
  });

  it('are all there', () => {
    const there = new Set(Object.keys(en).flatMap((key) => [key, withoutForm(key)]));
    expect([...used].filter((key) => !there.has(key))).toEqual([]);
  });

  it.each(Object.keys(en) as (keyof typeof en)[])(
    '%s has the same holes in both languages, and is not shouted',
    (key) => {
      expect(holes(fr[key])).toEqual(holes(en[key]));
      expect(`${en[key]}${fr[key]}`).not.toMatch(/^\s|!|\s$/);
      expect(en[key]).not.toBe('');
    },
  );
});
