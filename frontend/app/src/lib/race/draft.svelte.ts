import type { NewRace, Pool, Race, RaceConfig, RaceMode, RacePatch } from '$lib/api/race-types';
import { fromLocalInput, localInput } from './when';

/** What most races want; the form folds all of it away. */
export const usualConfig: RaceConfig = {
  show_finished_names: true,
  countdown_seconds: 10,
  max_participants: 8,
  late_join_minutes: null,
  time_limit_minutes: null,
  start: 'together',
  visibility: 'public',
  public_view: 'live',
  dialect: 'source',
};

/** What the form of a race holds while a person writes in it. */
export class RaceDraft {
  name = $state('');
  mode = $state('');
  /** Name of a pool; empty: the mode makes the seed on demand. */
  pool = $state('');
  /** As a `datetime-local` field holds it; empty: started by hand. */
  start = $state('');
  config = $state<RaceConfig>({ ...usualConfig });

  static of(race: Race): RaceDraft {
    const draft = new RaceDraft();
    draft.name = race.name;
    draft.mode = race.mode;
    draft.pool = race.pool ?? '';
    draft.start = localInput(race.scheduled_start);
    draft.config = { ...usualConfig, ...race.config };
    return draft;
  }

  /** Takes a mode, and what goes with it: a pool of its own that has seeds left, before none. */
  chooseMode(mode: RaceMode, pools: readonly Pool[]): void {
    this.mode = mode.id;
    const of = poolsOf(pools, mode.id);
    const first = of.find((pool) => pool.available > 0) ?? (mode.generates ? undefined : of[0]);
    this.choosePool(mode.generates ? '' : (first?.name ?? ''), pools);
  }

  /** What the mods of a race speak goes with the packs of its pool. */
  choosePool(name: string, pools: readonly Pool[]): void {
    this.pool = name;
    this.config.dialect = pools.find((pool) => pool.name === name)?.dialect ?? usualConfig.dialect;
  }

  hasField = (name: string): boolean =>
    ['name', 'mode', 'pool', 'scheduled_start'].includes(name) ||
    (name.startsWith('config.') && name.slice('config.'.length) in this.config);

  toNew(): NewRace {
    const start = fromLocalInput(this.start);
    return {
      name: this.name.trim(),
      mode: this.mode,
      pool: this.pool === '' ? null : this.pool,
      config: this.#config(),
      ...(start !== undefined && { scheduled_start: start }),
    };
  }

  /** What was changed since this form was filled from `race`. */
  toPatch(race: Race): RacePatch {
    const now = this.toNew();
    const before = RaceDraft.of(race).toNew();
    const config = changes(before.config, now.config);
    return {
      ...(now.name !== before.name && { name: now.name }),
      ...(now.pool !== before.pool && { pool: now.pool ?? null }),
      ...(now.scheduled_start !== before.scheduled_start && { scheduled_start: now.scheduled_start ?? null }),
      ...(Object.keys(config).length > 0 && { config }),
    };
  }

  /** A field that was emptied means no limit. */
  #config(): RaceConfig {
    const minutes = (value: number | null | undefined) => value || null;
    return {
      ...$state.snapshot(this.config),
      late_join_minutes: minutes(this.config.late_join_minutes),
      time_limit_minutes: minutes(this.config.time_limit_minutes),
    };
  }
}

const changes = (before: RaceConfig, after: RaceConfig): Partial<RaceConfig> =>
  Object.fromEntries(Object.entries(after).filter(([key, value]) => value !== before[key as keyof RaceConfig]));

/** What may still be changed once a race has started. */
export const stillOpen: readonly (keyof RaceConfig)[] = ['visibility', 'max_participants', 'late_join_minutes'];

export const poolsOf = (pools: readonly Pool[], mode: string): Pool[] => pools.filter((pool) => pool.mode === mode);
