// The stand-in's races, pools and what it knows of players: what `mock.mjs` adds to its routes.

const at = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
const refuse = (status, code, message, path, hint) => ({ status, body: { error: { code, message, path, hint } } });
const made = (body) => ({ status: 201, body });
const gone = { status: 204 };

const usual = {
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
const total = 13;

let last = 0;
function player(name, status, more = {}) {
  const id = `p${++last}`;
  return { id, user_id: `u-${name}`, name, status, connected: status === 'ready' || status === 'playing', ...more };
}

function race(id, name, status, participants, more = {}) {
  return {
    id,
    name,
    mode: 'race-way',
    mode_name: 'Way',
    organizer: { id: 'u1', name: 'Camille' },
    pool: 'sprint',
    seed: { number: 102727018 },
    status,
    config: { ...usual, ...more.config },
    scheduled_start: null,
    created_at: at(-200),
    seeds_released_at: null,
    started_at: null,
    finished_at: null,
    version: 4,
    casters: [],
    invites: [],
    revealed_to: [],
    spectators: 3,
    ...more,
    participants: participants.map((each, index) => ({ slot: index + 1, colour: index, ...each })),
  };
}

const overlays = (id) => [
  { name: 'way', title: 'Map', width: 1920, height: 540, base: true, url: `/overlay/${id}/way` },
  {
    name: 'leaderboard',
    title: 'Leaderboard',
    width: 480,
    height: 720,
    base: false,
    url: `/overlay/${id}/leaderboard`,
  },
  { name: 'hud', title: 'In game', width: 420, height: 640, base: false, url: `/overlay/${id}/hud` },
];

function seedRaces() {
  const running = [
    player('Gus', 'finished', { place: 1, progress: 13, igt_ms: 3_845_000, finished_at: at(-2) }),
    player('Hana', 'playing', { place: 2, progress: 11, igt_ms: 3_921_000 }),
    player('Camille', 'playing', { place: 3, progress: 9, igt_ms: 3_919_400, user_id: 'u1' }),
    player('A rather long name of a player', 'playing', { place: 4, progress: 4, igt_ms: 3_911_000, connected: false }),
    player('Ivo', 'abandoned', { place: 5, progress: 2, igt_ms: 1_200_000 }),
  ];
  return [
    race(
      'r-open',
      'Sunday showdown',
      'open',
      [player('Alice', 'ready'), player('Bob', 'registered'), player('Chloé', 'registered', { connected: true })],
      {
        scheduled_start: at(95),
        invites: [
          { token: 'in-1', url: '/invite/in-1', name: 'Dimitri', created_at: at(-30) },
          { token: 'in-2', url: '/invite/in-2', name: '', created_at: at(-20) },
        ],
        casters: [{ id: 'u2', name: 'Nour' }],
        revealed_to: [{ user_id: 'u1', name: 'Camille', at: at(-5) }],
      },
    ),
    race('r-draft', 'A draft for next week', 'draft', [], { pool: null, seed: null, scheduled_start: at(9000) }),
    race('r-run', 'Marathon, first heat', 'running', running, {
      started_at: at(-66),
      seeds_released_at: at(-90),
      organizer: { id: 'u1', name: 'Camille' },
      pool: 'marathon',
    }),
    race('r-soon', 'Countdown', 'countdown', [player('Kim', 'ready'), player('Lou', 'ready')], {
      seeds_released_at: at(-30),
      started_at: new Date(Date.now() + 600_000).toISOString(),
    }),
    race('r-join', 'Beginners’ night', 'open', [player('Eun-ji', 'registered')], {
      organizer: { id: 'u2', name: 'Nour' },
      scheduled_start: at(1500),
    }),
    race('r-bingo', 'Board night', 'running', [player('Farid', 'playing', { place: 1, progress: 3 })], {
      organizer: { id: 'u2', name: 'Nour' },
      pool: null,
      seed: null,
      mode: 'race-board',
      mode_name: 'Board',
      started_at: at(-12),
    }),
    race(
      'r-done',
      'Semi-final B',
      'finished',
      [
        player('Chloé', 'finished', { place: 1, progress: 13, igt_ms: 3_405_000 }),
        player('Bob', 'finished', { place: 2, progress: 13, igt_ms: 3_605_000 }),
        player('Dimitri', 'disqualified', { place: 3, progress: 13, igt_ms: 3_205_000 }),
      ],
      { started_at: at(-1600), finished_at: at(-1530), seeds_released_at: at(-1700) },
    ),
    race('r-off', 'Rained off', 'cancelled', [], { organizer: { id: 'u3', name: 'Sam' } }),
  ];
}

const pool = (name, display_name, description, available, consumed, more = {}) => ({
  name,
  display_name,
  description,
  mode: 'race-way',
  dialect: 'source',
  settings:
    '[display]\nestimated_duration = "1 h"\n\n[structure]\nsteps = 13\nwidth = 3\n\n[mode]\ndocument = "graph.json"\n',
  available,
  consumed,
  discarded: 0,
  problems: [],
  can_generate: 'command',
  running: null,
  ...more,
});

const seedPools = () => [
  pool('sprint', 'Sprint (~30 min)', 'Short, few steps', 12, 3),
  pool('standard', 'Standard (~1 h)', 'The usual format', 47, 13, { can_generate: 'mode', discarded: 1 }),
  pool('marathon', 'Marathon (~2 h)', 'Long, many steps', 0, 2, {
    can_generate: null,
    problems: [
      { folder: 'available/seed_77120', message: 'there is no settings file `race.toml` in this seed' },
      { folder: 'available/seed_77121', message: 'graph.json: line 1: expected an object' },
    ],
  }),
];

export function raceRoutes(state, { flags, changed }) {
  const races = flags.empty ? [] : seedRaces();
  const pools = flags.empty ? [] : seedPools();
  let job;
  const find = (id) => races.find((each) => each.id === id);
  const ended = (each) => ['finished', 'abandoned', 'disqualified'].includes(each.status);

  function view(found) {
    const me = state.signedIn ?? { id: '', name: '' };
    const mine = found.participants.find((each) => each.user_id === me.id);
    const organizer = found.organizer.id === me.id || me.role === 'admin';
    const { status } = found;
    const early = status === 'draft' || status === 'open';
    const late = status === 'running' || status === 'countdown';
    const can = [
      ...(organizer
        ? [
            ...(early ? ['edit', 'cancel', 'reroll', 'reveal', 'invite', 'add', 'remove', 'delete'] : []),
            ...(status === 'draft' ? ['open'] : []),
            ...(status === 'open' ? ['start'] : []),
            ...(status === 'open' && found.pool ? ['generate_zips'] : []),
            ...(late ? ['reset'] : []),
            ...(status === 'running' ? ['finish', 'disqualify', 'undo'] : []),
            ...(status === 'finished' ? ['reset', 'undo', 'disqualify', 'delete'] : []),
            'casters',
          ]
        : []),
      ...(!mine && status === 'open' && found.participants.length < found.config.max_participants ? ['join'] : []),
      ...(mine && early ? ['leave'] : []),
      ...(mine?.status === 'registered' && !found.pool ? ['ready'] : []),
      ...(mine?.status === 'playing' ? ['abandon'] : []),
      ...(mine ? ['hud'] : []),
    ];
    const told = (each) => found.seeds_released_at && (organizer || each.id === mine?.id);
    return {
      ...found,
      server_time: at(0),
      server_time_ms: Date.now(),
      total,
      participants: found.participants.map((each) => ({
        ...each,
        pack: told(each) ? `/api/races/${found.id}/download/token-of-${each.id}` : null,
      })),
      invites: organizer ? found.invites : [],
      me: {
        class: mine ? `p${mine.slot}` : organizer ? 'caster' : 'public',
        participant_id: mine?.id ?? null,
        organizer,
        caster: found.casters.some((each) => each.id === me.id),
        can,
      },
      overlays: overlays(found.id),
    };
  }

  const step = (change) =>
    function ([, id, ...rest], body) {
      const found = find(id);
      if (!found) return refuse(404, 'not_found', `there is no race \`${id}\``);
      const answer = change(found, body ?? {}, ...rest);
      found.version += 1;
      changed(`race/${id}/`);
      return answer ?? view(found);
    };
  const join = (found, name, id = `u-${name}`) =>
    found.participants.push({
      ...player(name, 'registered', { user_id: id }),
      slot: found.participants.length + 1,
      colour: found.participants.length,
    });

  function start(found, body) {
    const slow = found.participants.filter((each) => each.status !== 'ready').map((each) => each.name);
    if (slow.length > 0 && !body.force)
      return refuse(409, 'not_ready', `not ready: ${slow.join(', ')}`, 'force', '{"force":true}');
    if (body.scheduled_start) return void (found.scheduled_start = body.scheduled_start);
    const ms = found.config.countdown_seconds * 1000;
    Object.assign(found, { status: 'countdown', started_at: new Date(Date.now() + ms).toISOString() });
    setTimeout(() => {
      if (found.status !== 'countdown') return;
      found.status = 'running';
      for (const each of found.participants)
        Object.assign(each, { status: 'playing', place: each.slot, progress: 0, igt_ms: 0 });
      changed(`race/${found.id}/`);
    }, ms);
  }

  function generate(name, count) {
    job = { job: `job-${Date.now()}`, pool: name, done: 0, count, failed: 0, errors: [], state: 'running' };
    const timer = setInterval(() => {
      if (job.state !== 'running' || job.done >= job.count) {
        clearInterval(timer);
        if (job.state === 'running') job.state = 'done';
        changed();
        return;
      }
      job.done += 1;
      pools.find((each) => each.name === name).available += 1;
    }, 1200);
  }

  const entries = [
    [6, 2, 'action', 'Camille', 'Chloé takes part'],
    [5, 20, 'action', 'Camille', 'An invitation for anybody'],
    [4, 30, 'action', 'Camille', 'The race is open'],
    [1, 200, 'create', 'Camille', null],
  ].map(([version, minutes, kind, name, words]) => ({
    version,
    at: at(-minutes),
    kind,
    actor: { id: 'u1', name },
    words,
  }));

  const r = '\\/api\\/races\\/([^/]+)';
  const p = `${r}\\/participants\\/([^/]+)`;
  const route = (method, pattern, handler) => [method, new RegExp(`^${pattern}$`), handler];
  const at_ = (found, id) => found.participants.find((each) => each.id === id);
  return [
    route('GET', '\\/api\\/race-modes', () => ({
      items: flags.empty
        ? []
        : [
            { id: 'race-way', name: 'Way', description: 'One way through a seed, many branches.', generates: true },
            { id: 'race-board', name: 'Board', description: 'First to complete a line.', generates: true },
          ],
    })),
    route('GET', '\\/api\\/races', () => ({
      items: races.map((each) => ({ ...view(each), max_participants: each.config.max_participants })),
      next: null,
    })),
    route('POST', '\\/api\\/races', (_, body) => {
      if (body.name.includes('xxx'))
        return refuse(
          400,
          'bad_request',
          '`max_participants` is 99',
          'config.max_participants',
          'a whole number from 1 to 64',
        );
      const { id, name } = state.signedIn;
      const fresh = race(`r-${races.length + 1}`, body.name, 'draft', [], { ...body, organizer: { id, name } });
      races.push(fresh);
      changed();
      return made(view(fresh));
    }),
    route(
      'GET',
      r,
      step((found) => void (found.version -= 1)),
    ),
    route(
      'PATCH',
      r,
      step((found, body) => void Object.assign(found, body)),
    ),
    route('DELETE', r, ([, id]) => (races.splice(races.indexOf(find(id)), 1), changed(), gone)),
    route(
      'POST',
      `${r}\\/open`,
      step((found) => void (found.status = 'open')),
    ),
    route(
      'POST',
      `${r}\\/cancel`,
      step((found) => void (found.status = 'cancelled')),
    ),
    route('POST', `${r}\\/start`, step(start)),
    route(
      'POST',
      `${r}\\/reset`,
      step((found) => {
        Object.assign(found, { status: 'open', started_at: null, finished_at: null });
        for (const each of found.participants) each.status = 'registered';
      }),
    ),
    route(
      'POST',
      `${r}\\/finish`,
      step((found) => {
        Object.assign(found, { status: 'finished', finished_at: at(0) });
        for (const each of found.participants) if (!ended(each)) each.status = 'abandoned';
      }),
    ),
    route(
      'POST',
      `${r}\\/reroll-seed`,
      step((found) => void (found.seed = { number: found.seed.number + 1 })),
    ),
    route(
      'POST',
      `${r}\\/generate-zips`,
      step((found) => void (found.seeds_released_at = at(0))),
    ),
    route(
      'POST',
      `${r}\\/reveal`,
      step((found) => void found.revealed_to.push({ user_id: 'u1', name: 'Camille', at: at(0) })),
    ),
    route(
      'POST',
      `${r}\\/join`,
      step((found) => void join(found, state.signedIn.name, state.signedIn.id)),
    ),
    route(
      'POST',
      `${r}\\/leave`,
      step((found) => {
        found.participants = found.participants.filter((each) => each.user_id !== state.signedIn.id);
      }),
    ),
    route(
      'POST',
      `${r}\\/(ready|begin)`,
      step((found, _, verb) => {
        const mine = found.participants.find((each) => each.user_id === state.signedIn.id);
        mine.status = verb === 'ready' ? 'ready' : 'playing';
      }),
    ),
    route(
      'POST',
      `${r}\\/participants`,
      step((found, body) => {
        if (found.participants.some((each) => each.name === body.name))
          return refuse(409, 'conflict', `${body.name} takes part already`, 'name');
        if (body.name.startsWith('New')) {
          const invite = { token: `in-${Date.now()}`, name: body.name, created_at: at(0) };
          invite.url = `/invite/${invite.token}`;
          found.invites.push(invite);
          return made({ invite });
        }
        join(found, body.name);
        return made({ participant: found.participants.at(-1) });
      }),
    ),
    route(
      'DELETE',
      p,
      step((found, _, id) => {
        found.participants = found.participants.filter((each) => each.id !== id);
        return gone;
      }),
    ),
    route(
      'POST',
      `${p}\\/abandon`,
      step((found, _, id) => void (at_(found, id).status = 'abandoned')),
    ),
    route(
      'POST',
      `${p}\\/disqualify`,
      step((found, _, id) => void (at_(found, id).status = 'disqualified')),
    ),
    route(
      'POST',
      `${p}\\/undo`,
      step((found, _, id) => void (at_(found, id).status = 'playing')),
    ),
    route(
      'POST',
      `${p}\\/new-token`,
      step(() => undefined),
    ),
    route(
      'POST',
      `${r}\\/invites`,
      step((found) => {
        const invite = { token: `in-${Date.now()}`, name: '', created_at: at(0) };
        invite.url = `/invite/${invite.token}`;
        found.invites.push(invite);
        return made(invite);
      }),
    ),
    route(
      'DELETE',
      `${r}\\/invites\\/([^/]+)`,
      step((found, _, token) => {
        found.invites = found.invites.filter((each) => each.token !== token);
        return gone;
      }),
    ),
    route(
      'POST',
      `${r}\\/casters`,
      step((found, body) => {
        if (body.name === 'Nobody') return refuse(404, 'not_found', 'there is no user `Nobody`', 'name');
        found.casters.push({ id: `u-${body.name}`, name: body.name });
      }),
    ),
    route(
      'DELETE',
      `${r}\\/casters\\/([^/]+)`,
      step((found, _, id) => {
        found.casters = found.casters.filter((each) => each.id !== id);
        return gone;
      }),
    ),
    route(
      'POST',
      `${r}\\/hud-key`,
      step((found) => ({ url: `/overlay/${found.id}/hud?key=3f9a.5f3c1b0a` })),
    ),
    route(
      'POST',
      `${r}\\/overlay-key`,
      step((found, body) => ({ url: `/overlay/${found.id}/${body.overlay}?key=3f9a.5f3c1b0a` })),
    ),
    route('GET', `${r}\\/history`, () => ({ items: entries, next: null })),
    route('GET', '\\/api\\/pools', () => ({
      items: pools.map((each) => ({
        ...each,
        running: job?.pool === each.name && job.state === 'running' ? job : null,
      })),
    })),
    route('POST', '\\/api\\/admin\\/seeds\\/scan', () => ({
      pools: [],
      added: 4,
      removed: 0,
      refused: flags.empty
        ? []
        : [{ pool: 'marathon', folder: 'available/seed_77121', reason: 'graph.json: line 1: expected an object' }],
    })),
    route('POST', '\\/api\\/admin\\/pools\\/([^/]+)\\/generate', ([, name], body) => {
      if (job?.state === 'running')
        return refuse(409, 'conflict', 'seeds are being made already', undefined, 'wait, or cancel them');
      generate(name, body.count);
      return { status: 202, body: { job: job.job } };
    }),
    route('GET', '\\/api\\/admin\\/pools\\/jobs', () => ({ items: job ? [job] : [] })),
    route('DELETE', '\\/api\\/admin\\/pools\\/jobs\\/([^/]+)', () => ((job.state = 'cancelled'), gone)),
    route('GET', '\\/api\\/users\\/([^/]+)', ([, name]) => ({
      name: decodeURIComponent(name),
      avatar_url: null,
      twitch_name: 'camille_runs',
      totals: { races: 4, finished: 2, abandoned: 1, disqualified: 0 },
      races: flags.empty
        ? []
        : [
            {
              id: 'r-run',
              name: 'Marathon, first heat',
              mode: 'race-way',
              status: 'running',
              status_of: 'playing',
              place: 3,
              of: 5,
              igt_ms: 3_919_400,
            },
            {
              id: 'r-1',
              name: 'Semi-final B',
              mode: 'race-way',
              status: 'finished',
              status_of: 'finished',
              place: 1,
              of: 6,
              igt_ms: 3_405_000,
              finished_at: at(-1530),
            },
            {
              id: 'r-2',
              name: 'Semi-final A',
              mode: 'race-way',
              status: 'finished',
              status_of: 'finished',
              place: 4,
              of: 6,
              igt_ms: 3_905_000,
              finished_at: at(-9530),
            },
            {
              id: 'r-3',
              name: 'Training',
              mode: 'race-board',
              status: 'finished',
              status_of: 'abandoned',
              place: 5,
              of: 5,
              finished_at: at(-29530),
            },
          ],
    })),
    route('GET', '\\/api\\/auth\\/providers', () => ({ twitch: true })),
    route(
      'POST',
      '\\/api\\/auth\\/unlink\\/twitch',
      () => ((state.signedIn = { ...state.signedIn, twitch_name: null }), gone),
    ),
    route('GET', '\\/api\\/invites\\/(in-[^/]+)', ([, token]) => ({
      kind: 'race',
      race: { id: 'r-join', name: 'Beginners’ night' },
      name: token === 'in-any' ? '' : 'Dimitri',
    })),
    route('POST', '\\/api\\/invites\\/(in-[^/]+)', (_, body) => {
      state.signedIn ??= { id: 'u9', name: body.name, role: 'viewer', disabled: false, created_at: at(0) };
      const found = find('r-join');
      if (!found.participants.some((each) => each.user_id === state.signedIn.id))
        join(found, state.signedIn.name, state.signedIn.id);
      return view(found);
    }),
  ];
}
