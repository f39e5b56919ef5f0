import { expect, it } from 'vitest';
import type { LobbyStatus } from '$lib/api/lobby-types';
import { reachable, troubleOf } from './broker';

const now = Date.parse('2026-01-01T12:00:00Z');
const status = (broker: Partial<LobbyStatus['broker']>): LobbyStatus => ({
  instance_id: 'regie-u1',
  broker: { kind: 'embedded', state: 'connected', since: '2026-01-01T11:59:59Z', ...broker },
  arbiter: { host: 'h1', epoch: 1, active: true },
  stats: {},
});

it.each([
  [{}, undefined],
  [{ state: 'away' }, 'away'],
  [{ state: 'standby' }, 'standby'],
  [{ kind: 'off', state: 'off' }, 'off'],
  [{ state: 'connecting' }, undefined],
  [{ state: 'connecting', since: '2026-01-01T11:59:58Z' }, 'connecting'],
] as const)('a broker that is %j has the banner %s', (broker, trouble) => {
  expect(troubleOf(status(broker), now)).toBe(trouble);
});

it('has no banner before anything is known', () => {
  expect(troubleOf(undefined, now)).toBeUndefined();
});

it.each([
  ['mqtt://127.0.0.1:1883', 'mqtt://127.0.0.1:1883'],
  ['mqtt://0.0.0.0:1883', 'mqtt://studio.lan:1883'],
  ['mqtt://[::]:1883', 'mqtt://studio.lan:1883'],
  ['mqtts://broker.example:8883', 'mqtts://broker.example:8883'],
])('games reach %s at %s', (address, url) => {
  expect(reachable(address, 'studio.lan')).toBe(url);
});
