import type { NewRestream, Restream, RestreamPatch } from '$lib/api/types';
import { panelDocs, type DraftPanel } from './panel-draft';
import { slugify } from './slug';

export interface DraftParticipant {
  /** Of this form only, to tell rows apart while they move. */
  key: number;
  label: string;
  team: string;
  finalTime: string;
  showFinalTime: boolean;
}

/** What the form of a restream holds while a person writes in it. */
export class Draft {
  title = $state('');
  slug = $state('');
  /** Once a person has written an address, the title no longer changes it. */
  slugTouched = $state(false);
  description = $state('');
  /** `main` first; the order on the page is arranged elsewhere. */
  panels = $state<DraftPanel[]>([]);
  /** The preset a new restream's main panel begins with; empty: the tracker's default. */
  preset = $state('');
  indices = $state('none');
  enabled = $state(true);
  /** In the order of their slots. */
  participants = $state<DraftParticipant[]>([]);
  #was = '';
  #lastKey = 0;

  static blank(): Draft {
    const draft = new Draft();
    draft.addPanel('main');
    draft.add();
    draft.add();
    return draft;
  }

  static of(restream: Restream): Draft {
    const draft = new Draft();
    draft.title = restream.title;
    draft.slug = draft.#was = restream.slug;
    draft.slugTouched = true;
    draft.description = restream.description;
    for (const each of restream.panels) {
      const panel = draft.addPanel(each.key);
      panel.title = each.title ?? '';
      panel.tracker = each.tracker_type;
      panel.source = each.source ?? '';
      panel.shared = each.shared ?? false;
      panel.slots = [...each.participants];
    }
    if (!draft.panels.some((panel) => panel.key === 'main')) {
      draft.addPanel('main').tracker = restream.tracker_type;
      draft.panels = [...draft.panels.slice(-1), ...draft.panels.slice(0, -1)];
    }
    draft.indices = restream.indices_template;
    draft.enabled = restream.enabled;
    for (const each of restream.participants) {
      const row = draft.add();
      row.label = each.label;
      row.team = each.team ?? '';
      row.finalTime = each.final_time ?? '';
      row.showFinalTime = each.show_final_time ?? false;
    }
    return draft;
  }

  retitle(title: string): void {
    this.title = title;
    if (!this.slugTouched) this.slug = slugify(title);
  }

  add(): DraftParticipant {
    const row = { key: ++this.#lastKey, label: '', team: '', finalTime: '', showFinalTime: false };
    this.participants.push(row);
    return this.participants[this.participants.length - 1] as DraftParticipant;
  }

  get main(): DraftPanel | undefined {
    return this.panels.find((panel) => panel.key === 'main');
  }

  addPanel(key = ''): DraftPanel {
    this.panels.push({ id: ++this.#lastKey, key, title: '', tracker: 'none', source: '', shared: false, slots: [] });
    return this.panels[this.panels.length - 1] as DraftPanel;
  }

  removePanel(index: number): void {
    if (this.panels[index]?.key !== 'main') this.panels.splice(index, 1);
  }

  /** As `move`; `main` stays the first. */
  movePanel(index: number, by: -1 | 1): void {
    const [panel] = this.panels.slice(index, index + 1);
    const to = index + by;
    if (!panel || panel.key === 'main' || to < 1 || to >= this.panels.length) return;
    this.panels.splice(index, 1);
    this.panels.splice(to, 0, panel);
  }

  remove(index: number): void {
    this.participants.splice(index, 1);
  }

  /** Moves a row up (-1) or down (+1); at an end it stays. */
  move(index: number, by: -1 | 1): void {
    const [row] = this.participants.slice(index, index + 1);
    const to = index + by;
    if (!row || to < 0 || to >= this.participants.length) return;
    this.participants.splice(index, 1);
    this.participants.splice(to, 0, row);
  }

  hasField = (name: string): boolean => {
    const [list, index, field] = name.split('.');
    if (list === 'participants' && index !== undefined) {
      return Number(index) < this.participants.length && ['label', 'team', 'final_time'].includes(field ?? '');
    }
    if (list === 'panels' && index !== undefined) {
      const known = ['title', 'tracker_type', 'source', 'participants', 'shared', 'key'];
      return Number(index) < this.panels.length && known.includes(field ?? '');
    }
    return [
      'panels',
      'preset',
      'title',
      'slug',
      'description',
      'tracker_type',
      'indices_template',
      'participants',
    ].includes(name);
  };

  toNew(): NewRestream {
    return {
      slug: this.slug,
      title: this.title.trim(),
      ...(this.description.trim() === '' ? {} : { description: this.description.trim() }),
      tracker_type: this.main?.tracker ?? 'none',
      panels: panelDocs(this.panels, this.participants.length),
      ...(this.preset === '' ? {} : { preset: this.preset }),
      indices_template: this.indices,
      enabled: this.enabled,
      participants: this.#rows(),
    };
  }

  toPatch(): RestreamPatch {
    return {
      // Only when it changes: an address is in browser sources and bookmarks.
      ...(this.slug === this.#was ? {} : { slug: this.slug }),
      title: this.title.trim(),
      description: this.description.trim(),
      tracker_type: this.main?.tracker ?? 'none',
      panels: panelDocs(this.panels, this.participants.length),
      indices_template: this.indices,
      participants: this.#rows(),
    };
  }

  #rows(): NonNullable<RestreamPatch['participants']> {
    return this.participants.map(({ label, team, finalTime, showFinalTime }) => ({
      label: label.trim(),
      ...(team.trim() === '' ? {} : { team: team.trim() }),
      ...(finalTime.trim() === '' ? {} : { final_time: finalTime.trim() }),
      show_final_time: showFinalTime,
    }));
  }
}
