export const themes = ['dark', 'light', 'system'] as const;
export type Theme = (typeof themes)[number];

/** What is painted: dark unless light was chosen, or the system was asked and says light. */
export function painted(theme: Theme, systemIsLight: boolean): 'dark' | 'light' {
  return theme === 'light' || (theme === 'system' && systemIsLight) ? 'light' : 'dark';
}

class ThemeChoice {
  current = $state<Theme>('dark');

  start(): void {
    const saved = localStorage.getItem('regie.theme');
    this.current = themes.find((theme) => theme === saved) ?? 'dark';
    this.#paint();
    this.#system().addEventListener('change', () => this.#paint());
  }

  choose(theme: Theme): void {
    this.current = theme;
    localStorage.setItem('regie.theme', theme);
    this.#paint();
  }

  #system(): MediaQueryList {
    return matchMedia('(prefers-color-scheme: light)');
  }

  #paint(): void {
    const scheme = painted(this.current, this.#system().matches);
    document.documentElement.dataset.theme = scheme;
    document.querySelector('meta[name=color-scheme]')?.setAttribute('content', scheme);
  }
}

export const theme = new ThemeChoice();
