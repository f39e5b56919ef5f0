// A stand-in for the server, for looking at the app without one: the built app under /app, the API from memory, one
// overlay. `node dev/mock.mjs [--empty] [--port 8499]`. Any password but "wrong" is right.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';
import { deskRoutes, deskView, presenceOf } from './mock-desk.mjs';
import { lobby } from './mock-lobby.mjs';
import { raceRoutes } from './mock-races.mjs';

const { values: flags } = parseArgs({
  options: {
    empty: { type: 'boolean', default: false },
    port: { type: 'string', default: '8499' },
    away: { type: 'boolean', default: false },
    standby: { type: 'boolean', default: false },
    connecting: { type: 'boolean', default: false },
    nobroker: { type: 'boolean', default: false },
  },
});
const build = new URL('../build/', import.meta.url).pathname;
const now = '2026-02-04T13:38:00Z';
const overlays = (slug) => [
  { name: 'default', title: 'Inventory', width: 1280, height: 720, url: `/${slug}/overlay?view=default` },
  { name: 'strip', title: 'Strip', width: 1920, height: 160, url: `/${slug}/overlay?view=strip` },
];
const trackers = [
  { key: 'none', label: 'None' },
  { key: 'tracker-one', label: 'First quest' },
  { key: 'tracker-two', label: 'Second quest' },
];

let lastId = 0;
function restream(slug, title, labels, more = {}) {
  const type = more.tracker_type ?? 'tracker-one';
  return {
    id: ++lastId,
    slug,
    title,
    description: '',
    enabled: true,
    tracker_type: type,
    indices_template: 'none',
    panels: [{ key: 'main', tracker_type: type, participants: [] }],
    participants: labels.map((label, index) => ({ slot: index + 1, label, show_final_time: false })),
    created_at: now,
    updated_at: now,
    tracker: { state: type === 'none' ? 'none' : 'ready', overlays: type === 'none' ? [] : overlays(slug) },
    urls: { page: `/${slug}`, live: `/${slug}/live`, overlay: `/${slug}/overlay` },
    ...more,
  };
}

const admin = { id: 'u1', name: 'Camille', role: 'admin', disabled: false, created_at: now };
const state = {
  signedIn: undefined,
  restreams: flags.empty
    ? []
    : [
        restream('demi-a', 'Demi-finale A', ['Alice', 'Bob'], {
          description: 'Semi-final of season 4, best of one.\nCommentary: Nour and Sam.',
          indices_template: 'season-4',
          panels: [
            { key: 'main', tracker_type: 'tracker-one', participants: [] },
            { key: 'second', tracker_type: 'tracker-two', title: 'Second run', participants: [2] },
            {
              key: 'mirror',
              tracker_type: 'tracker-two',
              title: 'The other half',
              participants: [],
              source: 'demi-b/main',
              shared: false,
            },
          ],
          layout: {
            live: [
              { panel: 'main', span: 8 },
              { panel: 'indices', span: 4 },
              { panel: 'second', span: 6 },
              { panel: 'mirror', span: 6 },
            ],
            overlay: {
              width: 1920,
              height: 1080,
              panels: [
                { panel: 'main', view: 'default', x: 40, y: 40, scale: 0.75 },
                { panel: 'indices', view: 'default', x: 1180, y: 560, scale: 0.7 },
              ],
            },
          },
          participants: [
            { slot: 1, label: 'Alice', team: 'Red', final_time: '1:58:21', show_final_time: true },
            { slot: 2, label: 'Bob', team: 'Blue', final_time: '2:03:40', show_final_time: false },
          ],
        }),
        restream('demi-b', 'Demi-finale B', ['Chloé', 'Dimitri', 'Eun-ji', 'Farid'], { tracker_type: 'tracker-two' }),
        restream('training', 'Training night with a title that is rather long for one line on a phone', ['Gus'], {
          tracker: { state: 'failed', overlays: [] },
        }),
        restream('week-12', 'Week 12', ['Hana', 'Ivo'], { tracker: { state: 'stale', overlays: overlays('week-12') } }),
        restream('talk', 'Talk show', ['Jo'], { tracker_type: 'none' }),
        restream('rehearsal', 'Rehearsal', ['Kim', 'Lou'], { enabled: false }),
      ],
  plugins: flags.empty
    ? []
    : [
        plugin('tracker-one', 'First quest', 'tracker', 'ready'),
        plugin('tracker-two', 'Second quest', 'tracker', 'stale', {
          error:
            'exports hooks 1.1, this host links up to 1.0\nbuilt with regie-sdk 1.3; build it with regie-sdk 1.2 or update the host',
        }),
        plugin('tracker-broken', 'Third quest', 'tracker', 'failed', {
          version: null,
          generation: 0,
          timings: {},
          error: 'plugin.toml: line 4: `version`: expected semver such as 1.2.0, found "one"',
        }),
        plugin('indices-board', 'Hint board', 'indices', 'disabled', { timings: {}, generation: 0 }),
      ],
  users: [
    admin,
    { id: 'u2', name: 'Nour', role: 'restreamer', disabled: false, created_at: now },
    { id: 'u3', name: 'Sam', role: 'editor', disabled: false, created_at: now },
    { id: 'u4', name: 'Théo', role: 'viewer', disabled: true, created_at: now },
  ],
  keys: flags.empty
    ? []
    : [
        key('3f9a01c2b7de', 'Studio PC', ['tracker/1', 'indices/demi-a'], ['overlay']),
        key('a01b22c3d4e5', 'Guest', ['tracker/2'], []),
      ],
  tokens: flags.empty ? [] : [{ id: 't1', label: 'Auto-tracker', user: 'u1', created_at: now }],
};

function plugin(id, name, kind, pluginState, more = {}) {
  const timing = { count: 1204, p50_us: 82, p99_us: 311, traps: 0 };
  return {
    id,
    name,
    kind,
    version: '1.2.0',
    state: pluginState,
    generation: 7,
    timings: { update: timing, render: timing },
    ...more,
  };
}

function key(kid, label, topics, surfaces) {
  return { kid, masked: `${kid}.••••••••`, label, topics, surfaces, created_by: 'Camille', created_at: now };
}

const refuse = (status, code, message, path, hint) => ({ status, body: { error: { code, message, path, hint } } });
const find = (slug) => state.restreams.find((each) => each.slug === slug);

/** [method, path, handler(match, body)]: a handler answers a body, or {status, body}. */
const routes = [
  ['GET', /^\/api\/auth\/me$/, () => ({ user: state.signedIn ?? null })],
  ['POST', /^\/api\/auth\/login$/, (_, body) => login(body)],
  ['POST', /^\/api\/auth\/first-admin$/, (_, body) => login(body)],
  ['POST', /^\/api\/auth\/logout$/, () => ((state.signedIn = undefined), { status: 204 })],
  ['GET', /^\/api\/trackers$/, () => trackers],
  [
    'GET',
    /^\/api\/indices\/templates$/,
    () => [
      { key: 'none', label: 'None' },
      { key: 'season-4', label: 'Season 4' },
    ],
  ],
  ['GET', /^\/api\/restreams$/, () => ({ items: state.restreams.map((each) => deskView(each, trackers)), next: null })],
  ['POST', /^\/api\/restreams$/, (_, body) => create(body)],
  [
    'GET',
    /^\/api\/restreams\/([^/]+)$/,
    ([, slug]) =>
      (find(slug) ? deskView(find(slug), trackers) : undefined) ??
      refuse(404, 'not_found', `there is no restream \`${slug}\``),
  ],
  ['PATCH', /^\/api\/restreams\/([^/]+)$/, ([, slug], body) => edit(find(slug), body)],
  [
    'DELETE',
    /^\/api\/restreams\/([^/]+)$/,
    ([, slug]) => {
      state.restreams = state.restreams.filter((each) => each.slug !== slug);
      return { status: 204 };
    },
  ],
  [
    'POST',
    /^\/api\/restreams\/([^/]+)\/(enable|disable)$/,
    ([, slug, verb]) => Object.assign(find(slug), { enabled: verb === 'enable' }),
  ],
  ['POST', /^\/api\/restreams\/([^/]+)\/clone$/, ([, slug], body) => create({ ...find(slug), ...body })],
  ['GET', /^\/api\/plugins$/, () => state.plugins],
  [
    'POST',
    /^\/api\/plugins$/,
    () => refuse(400, 'bad_request', 'the package has no plugin.toml', 'plugin.toml', 'put it at the top of the zip'),
  ],
  ['POST', /^\/api\/plugins\/rescan$/, () => state.plugins],
  ['GET', /^\/api\/users$/, () => ({ items: state.users, next: null })],
  [
    'POST',
    /^\/api\/users$/,
    (_, body) => {
      if (state.users.some((each) => each.name === body.name))
        return refuse(409, 'conflict', `the name \`${body.name}\` is taken`, 'name', 'names differ in more than case');
      const user = {
        id: `u${state.users.length + 1}`,
        name: body.name,
        role: body.role,
        disabled: false,
        created_at: now,
      };
      state.users.push(user);
      return { status: 201, body: user };
    },
  ],
  [
    'PATCH',
    /^\/api\/users\/([^/]+)$/,
    ([, name], body) => {
      if (body.current_password === 'wrong')
        return refuse(400, 'bad_request', 'this is not your present password', 'current_password');
      const user = state.users.find((each) => each.name === decodeURIComponent(name));
      return Object.assign(user, { role: body.role ?? user.role, disabled: body.disabled ?? user.disabled });
    },
  ],
  ['GET', /^\/api\/keys$/, () => ({ items: state.keys, next: null })],
  [
    'POST',
    /^\/api\/keys$/,
    (_, body) => {
      state.keys.push(key('b7de3f9a01c2', body.label, body.topics, body.surfaces));
      return { status: 201, body: { key: 'b7de3f9a01c2.5f3c1b0a9e8d7c6b5a4f3e2d1c0b9a88' } };
    },
  ],
  [
    'DELETE',
    /^\/api\/keys\/([^/]+)$/,
    ([, kid]) => ((state.keys = state.keys.filter((each) => each.kid !== kid)), { status: 204 }),
  ],
  ['GET', /^\/api\/tokens$/, () => ({ items: state.tokens, next: null })],
  [
    'POST',
    /^\/api\/tokens$/,
    (_, body) => {
      state.tokens.push({ id: `t${state.tokens.length + 1}`, label: body.label, user: 'u1', created_at: now });
      return { status: 201, body: { token: 'regie_5f3c1b0a9e8d7c6b5a4f3e2d1c0b9a88' } };
    },
  ],
  [
    'DELETE',
    /^\/api\/tokens\/([^/]+)$/,
    ([, id]) => ((state.tokens = state.tokens.filter((each) => each.id !== id)), { status: 204 }),
  ],
  [
    'GET',
    /^\/api\/admin\/state$/,
    () => ({
      version: '0.1.0',
      uptime_ms: 93_784_000,
      store: {
        engine: 'embedded',
        documents: 42,
        journal: { segments: 3, size_bytes: 18_403_122, fsync_p50_us: 120 },
        disk_full: false,
      },
      live: { links: 57, sse: 3, topics: 9, delivered: 1_204_388, skipped: 12 },
      rejected: flags.empty
        ? []
        : [
            {
              file: 'trackers/sessions/restream_1.json.rejected',
              reason: 'made from an old version',
              at: now,
              current_version: 41,
              base_version: 38,
            },
          ],
    }),
  ],
];

const meeting = lobby(state, { flags, changed, refuse });
routes.push(...meeting.routes);
// Before the others: an invitation to a race has the same address as one to a restream.
routes.push(...raceRoutes(state, { flags, changed }), ...deskRoutes(state, { find, flags, changed }));

function login(body) {
  if (body.password === 'wrong') return refuse(401, 'unauthenticated', 'name or password is wrong');
  state.signedIn = state.users.find((each) => each.name.toLowerCase() === body.name.toLowerCase()) ?? admin;
  return state.signedIn;
}

function create(body) {
  if (find(body.slug))
    return refuse(409, 'conflict', `the address \`${body.slug}\` is taken`, 'slug', 'choose another');
  const long = body.participants.findIndex((each) => each.label.includes('x'.repeat(10)));
  if (long >= 0)
    return refuse(
      400,
      'bad_request',
      '61 characters are out of bounds',
      `participants[${long}].label`,
      '0 to 60 characters',
    );
  const { slug, title, tracker_type, description, enabled, indices_template, panels } = body;
  const made = restream(slug, title, [], {
    tracker_type,
    description,
    enabled,
    indices_template,
    ...(panels && { panels }),
  });
  made.participants = body.participants.map((each, index) => ({ ...each, slot: index + 1 }));
  state.restreams.push(made);
  changed();
  return { status: 201, body: made };
}

function edit(found, body) {
  if (body.participants) body.participants = body.participants.map((each, index) => ({ ...each, slot: index + 1 }));
  Object.assign(found, body);
  changed();
  return deskView(found, trackers);
}

const overlayPage = `<!doctype html><title>Overlay</title><style>
body{margin:0;background:transparent;font:700 40px system-ui;color:#fff}
div{display:flex;gap:16px;flex-wrap:wrap;padding:24px;-webkit-text-stroke:1px #000}
i{width:120px;height:120px;border-radius:16px;background:#2c6e8fcc;border:3px solid #fff}
</style><div>${'<i></i>'.repeat(24)}</div>`;

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://mock');
  const chunks = await collect(request);
  if (pathname.startsWith('/api/')) {
    const route = routes.find(([method, pattern]) => method === request.method && pattern.test(pathname));
    const raw = Buffer.concat(chunks).toString();
    const body =
      request.headers['content-type']?.startsWith('application/json') && raw !== '' ? JSON.parse(raw) : undefined;
    const answer = route
      ? route[2](route[1].exec(decodeURI(pathname)), body, searchParams)
      : refuse(404, 'not_found', 'there is no such endpoint');
    const wrapped = typeof answer.status === 'number' ? answer : { status: 200, body: answer };
    response.writeHead(wrapped.status, { 'content-type': 'application/json' });
    response.end(wrapped.body === undefined ? undefined : JSON.stringify(wrapped.body));
    return;
  }
  if (pathname === '/app' || pathname.startsWith('/app/')) {
    const file = join(build, normalize(pathname.slice(4)));
    const found = existsSync(file) && statSync(file).isFile() ? file : join(build, 'index.html');
    response.writeHead(200, { 'content-type': types[extname(found)] ?? 'application/octet-stream' });
    createReadStream(found).pipe(response);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end(overlayPage);
});

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const sockets = new WebSocketServer({ server, path: '/live' });
const picture = (topic = 'app/changes') => {
  const state = topic === 'lobby' ? meeting.picture() : topic.startsWith('presence/') ? presenceOf(flags.empty) : {};
  return JSON.stringify({ topic, as: 'state', etag: 'mock', version: 1, state });
};
/** Which topics each link follows. */
const followed = new WeakMap();
sockets.on('connection', (socket) => {
  followed.set(socket, new Set());
  socket.on('message', (data) => {
    const said = JSON.parse(data.toString());
    for (const { topic } of said.subscribe ?? []) {
      followed.get(socket).add(topic);
      socket.send(picture(topic));
    }
    for (const topic of said.unsubscribe ?? []) followed.get(socket).delete(topic);
    if (said.beat) socket.send(JSON.stringify({ beat: said.beat }));
  });
});

/** Tells those who follow topics that begin so; without one, that some list changed. */
function changed(prefix = 'app/changes') {
  for (const socket of sockets.clients) {
    for (const topic of followed.get(socket) ?? []) if (topic.startsWith(prefix)) socket.send(picture(topic));
  }
}

server.listen(Number(flags.port), '127.0.0.1', () => console.log(`http://127.0.0.1:${flags.port}/app/`));
