// @ts-check
// The shapes and colours there are, in words. A counter has both, so that nobody depends on seeing its colour.

/** Outlines in a box of 16. */
export const SHAPES = {
  circle: { en: 'Circle', fr: 'Rond', path: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1z' },
  square: { en: 'Square', fr: 'Carré', path: 'M2 2h12v12H2z' },
  triangle: { en: 'Triangle', fr: 'Triangle', path: 'M8 1l7 13H1z' },
  diamond: { en: 'Diamond', fr: 'Losange', path: 'M8 0l7 8-7 8-7-8z' },
  star: { en: 'Star', fr: 'Étoile', path: 'M8 0l2.3 5.2 5.7.6-4.300 3.800 1.300 5.600L8 12.300l-5 2.900 1.300-5.600L0 5.800l5.700-.6z' },
  heart: { en: 'Heart', fr: 'Cœur', path: 'M8 15L1.500 8.300A3.900 3.900 0 0 1 8 3.800a3.900 3.900 0 0 1 6.500 4.500z' },
};

export const COLOURS = {
  gold: { en: 'Gold', fr: 'Or' },
  red: { en: 'Red', fr: 'Rouge' },
  green: { en: 'Green', fr: 'Vert' },
  blue: { en: 'Blue', fr: 'Bleu' },
  violet: { en: 'Violet', fr: 'Violet' },
  white: { en: 'White', fr: 'Blanc' },
};

/** @param {import('@regie/sdk').CatalogContext} cx */
export function catalogOf({ t }) {
  const named = (/** @type {Record<string, {en: string, fr: string}>} */ table) =>
    Object.fromEntries(Object.entries(table).map(([key, { en, fr }]) => [key, t(en, fr)]));
  return { label: t('Counters and timers', 'Compteurs et chronos'), shapes: named(SHAPES), colours: named(COLOURS) };
}
