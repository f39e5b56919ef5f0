export interface Finding {
  /** Unique in the list. */
  id: string;
  label: string;
  /** What kind of thing it is, or its address. */
  detail: string;
  run: () => void;
}

const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Those that hold every word of the question, in any order and without regard to accents; labels that begin with it first. */
export function find(findings: readonly Finding[], question: string): Finding[] {
  const words = fold(question).split(/\s+/).filter(Boolean);
  const first = words[0] ?? '';
  return findings
    .filter((finding) => {
      const text = fold(`${finding.label} ${finding.detail}`);
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => Number(fold(b.label).startsWith(first)) - Number(fold(a.label).startsWith(first)));
}
