import { describe, expect, it } from 'vitest';
import { isPreview, obsDropUrl, overlayUrl, plainOptions, previewUrl } from './overlay-url';

const overlay = { name: 'default', title: 'Inventory', width: 1280, height: 720, url: '/demi-a/overlay?view=default' };
const origin = 'https://regie.example';

describe('overlayUrl', () => {
  it('is absolute and as short as the defaults allow', () => {
    expect(overlayUrl(overlay, undefined, plainOptions, origin)).toBe(
      'https://regie.example/demi-a/overlay?view=default',
    );
  });

  it('names slot and every option that differs', () => {
    const options = { scale: 150, align: 'right', labels: false, plate: false, key: 'k.s' } as const;
    expect(overlayUrl(overlay, 2, options, origin)).toBe(
      'https://regie.example/demi-a/overlay?view=default&slot=2&scale=1.5&align=right&labels=0&plate=0&key=k.s',
    );
  });

  it("keeps the server's own public address", () => {
    const elsewhere = { ...overlay, url: 'https://public.example/demi-a/overlay' };
    expect(overlayUrl(elsewhere, 1, plainOptions, origin)).toBe('https://public.example/demi-a/overlay?slot=1');
  });
});

describe('obsDropUrl', () => {
  it('tells OBS name and size, without a plus sign', () => {
    expect(obsDropUrl('https://r.example/a/overlay?slot=1', 'Alice & Bob +', overlay)).toBe(
      'https://r.example/a/overlay?slot=1&layer-name=Alice%20%26%20Bob%20%2B&layer-width=1280&layer-height=720',
    );
    expect(obsDropUrl('https://r.example/a/overlay', 'A', overlay)).toMatch(/overlay\?layer-name=A&/);
  });
});

it.each(['/demi-a/overlay', '/demi-a/overlay?view=default&slot=1'])('marks a preview of %s as one', (url) => {
  expect([isPreview(url), isPreview(previewUrl(url))]).toEqual([false, true]);
});
