// The lobby of the stand-in server: a dozen sessions whose creators beat, one who is silent, and the rules of the real one
// as far as a page can meet them. `--away`, `--standby`, `--connecting`, `--nobroker`: how the broker stands.
const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();
const started = Date.now();
const member = (client_id, more = {}) => ({ client_id, joined_at: at(-90), suspect: false, ready: false, ...more });

function make(id, model_name, min, max, members, more = {}) {
  return {
    session_id: id,
    model_name,
    state: 'open',
    creator_client_id: members[0]?.client_id ?? 'gone',
    creator_name: members[0]?.name,
    connected_instances: members.map((each) => each.client_id),
    members,
    num_players_min: min,
    num_players_max: max,
    version: 3,
    created_at: at(-600 + Number(id.slice(-2)) * 30),
    last_updated: at(-8),
    last_heartbeat: at(-1),
    ...more,
  };
}

const game = (n, more) => member(`7c9e6679-7425-40de-944b-e07fc1f90a${n}`, more);
const person = (user, name, more) => member(`regie-${user}`, { name, user_id: user, ...more });

const sessions = () => [
  make('0190a1b2-0000-7000-8000-000000000001', 'Tide pools', 2, 4, [
    game('01', { ready: true }),
    person('u2', 'Nour'),
    game('02', { suspect: true }),
  ]),
  make('0190a1b2-0000-7000-8000-000000000002', 'Salt marsh', 3, 8, [person('u1', 'Camille'), game('03')]),
  make('0190a1b2-0000-7000-8000-000000000003', 'Watershed', 2, 2, [game('04', { ready: true }), game('05')]),
  make('0190a1b2-0000-7000-8000-000000000004', 'Grazing commons', 4, 12, [game('06')]),
  make('0190a1b2-0000-7000-8000-000000000005', 'Tide pools', 1, 0, [game('07'), game('08'), game('09')]),
  make('0190a1b2-0000-7000-8000-000000000006', 'Night market', 2, 6, [game('10')], { silent: true }),
  make(
    '0190a1b2-0000-7000-8000-000000000007',
    'A model with a name that is rather long for one line on a phone',
    2,
    6,
    [person('u3', 'Sam')],
  ),
  make('0190a1b2-0000-7000-8000-000000000008', 'Harbour', 2, 5, [game('11'), game('12'), game('13')]),
  make('0190a1b2-0000-7000-8000-000000000009', 'Watershed', 2, 4, [game('14'), game('15')], { state: 'starting' }),
  make('0190a1b2-0000-7000-8000-000000000010', 'Salt marsh', 2, 4, [game('16'), game('17')], { state: 'in_progress' }),
  make('0190a1b2-0000-7000-8000-000000000011', 'Orchard', 2, 4, [game('18'), game('19')], { state: 'started' }),
  make('0190a1b2-0000-7000-8000-000000000012', 'Ferry line', 2, 100, [game('20'), person('u4', 'Théo')], {
    state: 'in_progress',
  }),
];

export function lobby(state, { flags, changed, refuse }) {
  let held = flags.empty ? [] : sessions();
  const me = () => person(state.signedIn?.id ?? 'u1', state.signedIn?.name ?? 'Camille', { joined_at: at(0) });
  const kind = flags.nobroker ? 'off' : flags.away ? 'external' : 'embedded';
  const word = ['away', 'standby', 'connecting'].find((each) => flags[each]) ?? (flags.nobroker ? 'off' : 'connected');
  const broker = {
    kind,
    state: word,
    address: { off: null, external: 'mqtts://broker.example.org:8883', embedded: 'mqtt://127.0.0.1:1883' }[kind],
    since: new Date(started - 190_000).toISOString(),
    ...(word === 'away' && {
      error: 'broker.example.org:8883 refuses the connection',
      hint: 'is it running, and is the port right?',
    }),
  };
  const other = word === 'standby' ? 'stage-left' : null;
  const full = (each) => each.num_players_max > 0 && each.members.length >= each.num_players_max;
  const mine = () => held.find((each) => each.members.some((one) => one.client_id === me().client_id));
  const picture = () => ({ items: held.filter((each) => each.state !== 'closed'), broker });
  const tell = (each) => {
    each.connected_instances = each.members.map((one) => one.client_id);
    each.version += 1;
    changed('lobby');
    return each;
  };
  const leave = (each) => {
    each.members = each.members.filter((one) => one.client_id !== me().client_id);
    if (each.creator_client_id === me().client_id) each.state = 'closed';
    return tell(each);
  };
  const conflict = (code, each) => {
    const refused = refuse(409, code, 'the session does not take this now');
    return { ...refused, body: { ...refused.body, state: each } };
  };
  setInterval(() => {
    for (const each of held) if (!each.silent) each.last_heartbeat = at(0);
    changed('lobby');
  }, 5000).unref();

  const verbs = {
    join(each, body) {
      if (each.members.some((one) => one.client_id === me().client_id)) return each;
      if (each.state !== 'open') return conflict('not_open', each);
      if (full(each)) return conflict('full', each);
      if (mine() && !body?.switch) return conflict('in_another_session', each);
      if (mine()) leave(mine());
      each.members = [...each.members, me()];
      return tell(each);
    },
    leave,
    start(each) {
      if (each.members.length < each.num_players_min) return conflict('too_few', each);
      each.state = 'started';
      return tell(each);
    },
    close(each) {
      each.state = 'closed';
      return tell(each);
    },
  };
  const routes = [
    [
      'GET',
      /^\/api\/lobby$/,
      () => ({ broker, arbiter: { host: 'h1', epoch: 4, active: !other, other }, instance_id: me().client_id }),
    ],
    ['GET', /^\/api\/lobby\/sessions$/, () => ({ items: picture().items, next: null, broker })],
    [
      'POST',
      /^\/api\/lobby\/sessions$/,
      (_, body) => {
        const id = `0190a1b2-0000-7000-8000-0000000000${20 + held.length}`;
        const made = make(id, body.model_name, body.num_players_min, body.num_players_max, [me()], {
          created_at: at(0),
        });
        held = [...held, made];
        tell(made);
        return { status: 201, body: made };
      },
    ],
    [
      'POST',
      /^\/api\/lobby\/sessions\/([^/]+)\/(join|leave|start|close)$/,
      ([, id, verb], body) => {
        const found = held.find((each) => each.session_id === id && each.state !== 'closed');
        const answer = found ? verbs[verb](found, body) : refuse(404, 'not_found', 'there is no such session');
        return typeof answer.status === 'number' ? answer : { status: 200, body: answer };
      },
    ],
  ];
  return { routes, picture };
}
