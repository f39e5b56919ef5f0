// Which of the connected pages is which overlay link, and what a browser source says of itself.

import type { OpenPage } from '$lib/api/types';
import { isPreview } from './overlay-url';

/** What makes two addresses the same picture, however they are scaled or keyed. */
function picture(address: string): string {
  const url = new URL(address, 'http://here');
  const query = url.searchParams;
  const said = ['panel', 'view', 'slot'].map((name) => query.get(name) ?? (name === 'panel' ? 'main' : ''));
  return [url.pathname.replace(/\/$/, ''), ...said].join(' ');
}

/** An overlay that is a browser source, and no preview in this app. */
export const isOnAir = (link: OpenPage): boolean => link.kind === 'overlay' && !isPreview(link.page);

/** How many connected pages show the overlay of this address. */
export function instancesOf(links: readonly OpenPage[], url: string): number {
  const wanted = picture(url);
  return links.filter((link) => isOnAir(link) && picture(link.page) === wanted).length;
}

/** The first part of a page's address: the restream it belongs to; the app's own pages are `app`. */
export const slugOf = (page: string): string => page.split(/[/?#]/)[1] ?? '';

export interface Agent {
  /** `OBS 31.0.2`, `Firefox 140`, or the agent as it is. */
  name: string;
  obs: boolean;
}

const browsers: [RegExp, string][] = [
  [/\bOBS\/([\d.]+)/, 'OBS'],
  [/\bStreamlabs\S*\/([\d.]+)/i, 'Streamlabs'],
  [/\bEdg\/(\d+)/, 'Edge'],
  [/\bFirefox\/(\d+)/, 'Firefox'],
  [/Chrom(?:e|ium)\/(\d+)/, 'Chrome'],
  [/\bVersion\/(\d+).*Safari/, 'Safari'],
];

export function agentOf(agent: string | null | undefined): Agent {
  const text = agent ?? '';
  for (const [pattern, name] of browsers) {
    const found = pattern.exec(text);
    if (found) return { name: `${name} ${found[1] ?? ''}`.trim(), obs: name === 'OBS' || name === 'Streamlabs' };
  }
  return { name: text.slice(0, 40), obs: false };
}

export interface Newest {
  /** By kind of page: the script of the one that connected last, for pages load the present one. */
  builds: Map<string, string>;
  /** By topic: the newest version that any page was told. */
  versions: Map<string, number>;
}

export function newestOf(links: readonly OpenPage[]): Newest {
  const builds = new Map<string, string>();
  const versions = new Map<string, number>();
  for (const link of [...links].sort((a, b) => a.since.localeCompare(b.since))) {
    if (link.build) builds.set(link.kind, link.build);
    for (const { topic, version } of link.topics) {
      versions.set(topic, Math.max(version ?? 0, versions.get(topic) ?? 0));
    }
  }
  return { builds, versions };
}

/** Silent for longer than two beats; behind what others were told; or on an older script than others of its kind. */
export type Stale = 'silent' | 'behind' | 'old';

export const silentAfter = 30_000;

export function staleness(link: OpenPage, newest: Newest, now: number): Stale | undefined {
  if (link.seen && now - Date.parse(link.seen) > silentAfter) return 'silent';
  const behind = link.topics.some(({ topic, version }) => (version ?? 0) < (newest.versions.get(topic) ?? 0));
  if (behind) return 'behind';
  return link.build && link.build !== newest.builds.get(link.kind) ? 'old' : undefined;
}

export interface LinkGroup {
  slug: string;
  links: OpenPage[];
}

/** By restream, the oldest connection first; `question` looks at address, page, agent and person. */
export function groupLinks(links: readonly OpenPage[], question: string, kinds: readonly string[]): LinkGroup[] {
  const words = question.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, OpenPage[]>();
  for (const link of [...links].sort((a, b) => a.since.localeCompare(b.since))) {
    const text = [link.page, link.address, agentOf(link.agent).name, link.user].join(' ').toLowerCase();
    if (!kinds.includes(link.kind) || isPreview(link.page) || !words.every((word) => text.includes(word))) continue;
    const slug = slugOf(link.page);
    groups.set(slug, [...(groups.get(slug) ?? []), link]);
  }
  return [...groups].map(([slug, rows]) => ({ slug, links: rows })).sort((a, b) => a.slug.localeCompare(b.slug));
}
