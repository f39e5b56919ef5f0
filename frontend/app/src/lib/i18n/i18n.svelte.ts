// The words of the interface. English is the type: a key that is not in it does not compile, and a test holds French to it.
import type english from '../../../../locales/en.json';

export type Dictionary = typeof english;
export type Key = keyof Dictionary;
/** `app.people` where the words hold `app.people.one` and `app.people.other`. */
export type PluralKey = Key extends infer K ? (K extends `${infer Base}.one` ? Base : never) : never;
export type Values = Record<string, string | number>;

export const locales = { en: 'English', fr: 'Français' } as const;
export type Locale = keyof typeof locales;

// One chunk a language: nobody downloads the words of the other.
const dictionaries: Record<Locale, () => Promise<{ default: Dictionary }>> = {
  en: () => import('../../../../locales/en.json'),
  fr: () => import('../../../../locales/fr.json'),
};

/** Puts `{name}` values into a sentence; an unknown name stays visible, so that it is seen and mended. */
export function fill(sentence: string, values: Values = {}): string {
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** A distance in time in its largest unit: -90 000 ms is one minute ago. */
export function distance(ms: number): [number, Intl.RelativeTimeFormatUnit] {
  for (const [unit, size] of steps) if (Math.abs(ms) >= size) return [Math.trunc(ms / size), unit];
  return [0, 'second'];
}

export function chooseLocale(saved: string | null, wanted: readonly string[]): Locale {
  if (saved !== null && saved in locales) return saved as Locale;
  for (const tag of wanted) {
    const language = tag.slice(0, 2).toLowerCase();
    if (language in locales) return language as Locale;
  }
  return 'en';
}

class I18n {
  locale = $state<Locale>('en');
  #words = $state.raw<Partial<Dictionary>>({});
  #plurals = $derived(new Intl.PluralRules(this.locale));
  #dates = $derived(new Intl.DateTimeFormat(this.locale, { dateStyle: 'medium', timeStyle: 'short' }));
  #relative = $derived(new Intl.RelativeTimeFormat(this.locale, { numeric: 'auto' }));
  #exact = $derived(new Intl.DateTimeFormat(this.locale, { dateStyle: 'medium', timeStyle: 'medium' }));
  #numbers = $derived(new Intl.NumberFormat(this.locale, { maximumFractionDigits: 2 }));

  async start(): Promise<void> {
    await this.use(chooseLocale(localStorage.getItem('regie.locale'), navigator.languages));
  }

  async use(locale: Locale): Promise<void> {
    this.#words = (await dictionaries[locale]()).default;
    this.locale = locale;
    document.documentElement.lang = locale;
  }

  /** As `use`, and remembered on this device. */
  async choose(locale: Locale): Promise<void> {
    await this.use(locale);
    localStorage.setItem('regie.locale', locale);
    // The pages that the server renders (live pages, the list) read their language here.
    document.cookie = `regie_lang=${locale}; Path=/; Max-Age=31536000; SameSite=Lax`;
  }

  t = (key: Key, values?: Values): string => fill(this.#words[key] ?? key, values);

  /** `{n}` things: picks the plural form of the language. */
  n = (key: PluralKey, n: number, values?: Values): string => {
    const form = this.#plurals.select(n) === 'one' ? 'one' : 'other';
    return this.t(`${key}.${form}` as Key, { n: this.number(n), ...values });
  };

  number = (n: number): string => this.#numbers.format(n);

  date = (iso: string): string => {
    const at = new Date(iso);
    return Number.isNaN(at.getTime()) ? iso : this.#dates.format(at);
  };

  /** As `date`, to the second. */
  exact = (iso: string): string => {
    const at = new Date(iso);
    return Number.isNaN(at.getTime()) ? iso : this.#exact.format(at);
  };

  /** "3 minutes ago", "in 2 days". */
  ago = (iso: string, now: number): string => {
    const at = Date.parse(iso);
    if (Number.isNaN(at)) return iso;
    const [value, unit] = distance(at - now);
    return this.#relative.format(value, unit);
  };
}

export const i18n = new I18n();
export const { t, n, number, date, exact, ago } = i18n;
