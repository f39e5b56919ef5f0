// The stand-in's restream desk, presets, people, connected pages and single plugins: what `mock.mjs` adds to its routes.

const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
const refuse = (status, code, message, path, hint) => ({ status, body: { error: { code, message, path, hint } } });
const made = (body) => ({ status: 201, body });

const actor = (id, name, role) => ({ id, name, role });
const nour = actor('u2', 'Nour', 'restreamer');
const sam = actor('u3', 'Sam', 'editor');
const camille = actor('u1', 'Camille', 'admin');

/** What a panel's history holds: newest first. */
function history(empty) {
  if (empty) return [];
  const item = (version, minutes, kind, who, words, more = {}) => ({
    version,
    at: ago(minutes),
    kind,
    actor: who,
    words,
    undone: false,
    undoable: kind === 'action',
    detail: { action: { type: 'step', item: words } },
    ...more,
  });
  return [
    item(12, 0.4, 'action', camille, 'Alice: Bow → Iron Bow'),
    item(11, 1, 'action', nour, 'Bob: Lantern'),
    item(10, 3, 'undo', sam, 'Alice: Wallet → Big Wallet'),
    item(9, 4, 'action', sam, 'Alice: Wallet → Big Wallet', { undone: true }),
    item(8, 16, 'preset', camille, 'Season 4, open dungeons'),
    item(7, 47, 'labels', camille, null),
    item(6, 95, 'action', sam, 'Bob: a rather long sentence about three things that were collected at the same moment'),
    item(5, 180, 'hand_edit', { id: '', name: '', role: '' }, null),
    item(4, 1600, 'reset', nour, null),
    item(3, 1700, 'action', nour, 'Alice: Sword'),
    item(1, 3000, 'create', camille, null),
  ];
}

export function deskRoutes(state, { find, flags, changed }) {
  const empty = flags.empty;
  const histories = new Map();
  const historyOf = (slug, panel) => {
    const key = `${slug}/${panel ?? 'main'}`;
    if (!histories.has(key)) histories.set(key, history(empty));
    return histories.get(key);
  };
  const act = (slug, panel, kind, words) => {
    const items = historyOf(slug, panel);
    const version = (items[0]?.version ?? 0) + 1;
    const at = new Date().toISOString();
    items.unshift({ version, at, kind, actor: camille, words, undone: false, undoable: kind === 'action', detail: {} });
    return { ok: true, version };
  };
  const flip = (undone) =>
    function ([, slug], body) {
      const items = historyOf(slug, body.panel);
      const wanted = (item) =>
        body.version === undefined
          ? item.kind === 'action' && item.undone !== undone && item.actor.id === 'u1'
          : item.version === body.version;
      const found = items.find(wanted);
      if (!found) return refuse(409, 'nothing_to_undo', 'there is nothing of yours to undo', undefined, 'act first');
      found.undone = undone;
      return {
        ...act(slug, body.panel, undone ? 'undo' : 'redo', found.words),
        undone: found.version,
        words: found.words,
      };
    };

  const roles = empty
    ? []
    : [
        { user: 'u2', name: 'Nour', role: 'restreamer' },
        { user: 'u3', name: 'Sam', role: 'editor' },
      ];
  let invites = empty
    ? []
    : [
        {
          id: 'i1',
          role: 'editor',
          expires: ago(-5000),
          uses: 1,
          used: 0,
          created_at: ago(400),
          created_by: 'Camille',
        },
        { id: 'i2', role: 'restreamer', expires: ago(-20000), used: 2, created_at: ago(4000), created_by: 'Camille' },
      ];
  let archipelago = empty
    ? []
    : [
        {
          panel: 'main',
          slot: 1,
          address: 'wss://multi.example:38281',
          name: 'Alice',
          game: 'First quest',
          state: 'connected',
          items: 41,
          since: ago(22),
        },
        {
          panel: 'main',
          slot: 2,
          address: 'multi.example:38281',
          name: 'Bob',
          state: 'refused',
          error: 'InvalidSlot: there is no player `Bob`',
          items: 0,
          since: ago(1),
        },
      ];

  const agent = (program) =>
    `Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/127.0.0.0 Safari/537.36 ${program}`;
  const link = (id, page, kind, more = {}) => ({
    id,
    page,
    kind,
    address: '192.168.1.20',
    agent: agent('OBS/31.0.2'),
    since: ago(90),
    seen: ago(0.05),
    version: 12,
    topics: [{ topic: 'tracker/1/main', version: 12 }],
    build: 'overlay-b7de3f9a.js',
    ...more,
  });
  const links = empty
    ? []
    : [
        link(1, '/demi-a/overlay?view=default', 'overlay'),
        link(2, '/demi-a/overlay?view=default', 'overlay', {
          address: '192.168.1.31',
          since: ago(700),
          build: 'overlay-11aa22bb.js',
        }),
        link(3, '/demi-a/overlay?view=strip&slot=1', 'overlay', { seen: ago(3) }),
        link(4, '/demi-a/live', 'live', { agent: agent(''), user: 'Nour', since: ago(5) }),
        link(5, '/demi-b/overlay?view=default&scale=0.5', 'overlay', {
          agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
          address: '203.0.113.9',
        }),
        link(6, '/app/overlays', 'app', { agent: agent(''), user: 'Camille', since: ago(1) }),
      ];

  const presets = new Map();
  const preset = (type, slug, label, notes, version = 4) => ({
    slug,
    label,
    notes,
    tracker_type: type,
    plugin_version: '1.2.0',
    state_version: 1,
    version,
    created_at: ago(9000),
    updated_at: ago(70),
  });
  if (!empty)
    presets.set('tracker-one', [
      preset('tracker-one', 'season-4', 'Season 4, open dungeons', 'Two dungeons required, start with the sword.'),
      preset('tracker-one', 'training', 'Training', '', 1),
    ]);
  const presetOf = (type, slug) => (presets.get(type) ?? []).find((each) => each.slug === slug);
  const noPreset = (slug) => refuse(404, 'not_found', `there is no preset \`${slug}\``);
  const document = (version) => ({
    label: 'Season 4',
    version,
    participant: {
      items: { bow: version, sword: 1, ...(version > 2 && { lantern: 2 }) },
      dungeons: ['required', version > 3 ? 'off' : 'done'],
    },
  });
  function makePreset(type, body) {
    if (!body?.label) return refuse(400, 'bad_request', 'a preset needs a label', 'label', 'one to 80 characters');
    const base = body.label.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const slug = presetOf(type, base) ? `${base}-${presets.get(type).length}` : base;
    const fresh = preset(type, slug, body.label, body.notes, 1);
    presets.set(type, [...(presets.get(type) ?? []), fresh]);
    return made(fresh);
  }

  const fields = [
    { key: 'rows', type: 'int', default: 3, title: 'Rows of items' },
    { key: 'dungeons', type: 'bool', default: true, title: 'Dungeon row' },
    { key: 'style', type: 'choice', default: 'flat', title: 'Style', choices: ['flat', 'round'] },
    { key: 'caption', type: 'text', default: '', title: 'Caption' },
  ];
  const settings = { rows: 4, dungeons: true, style: 'flat', caption: 'Season 4' };
  const grants = { allow_scripts: false };
  const findPlugin = (id) => state.plugins.find((each) => each.id === id);
  const noPlugin = (id) => refuse(404, 'not_found', `there is no plugin \`${id}\``);

  const r = '\\/api\\/restreams\\/([^/]+)';
  const p = '\\/api\\/trackers\\/([^/]+)\\/presets';
  const route = (method, pattern, handler) => [method, new RegExp(`^${pattern}$`), handler];
  return [
    route('GET', `${r}\\/history`, ([, slug], _, query) => ({
      items: historyOf(slug, query.get('panel')),
      next: null,
    })),
    route('POST', `${r}\\/undo`, flip(true)),
    route('POST', `${r}\\/redo`, flip(false)),
    route('POST', `${r}\\/restore`, ([, slug], body) => act(slug, body.panel, 'restore', null)),
    route('POST', `${r}\\/tracker\\/reset`, ([, slug], body) => act(slug, body.panel, 'reset', null)),
    route('POST', `${r}\\/presets\\/apply`, ([, slug], body) => act(slug, body.panel, 'preset', body.preset_slug)),
    route('POST', `${r}\\/indices\\/reset-all`, ([, slug]) => act(slug, 'indices', 'reset', null)),
    route('GET', `${r}\\/roles`, () => ({ items: roles, next: null })),
    route('PUT', `${r}\\/roles`, (_, { items }) => {
      const unknown = items.find(({ user }) => !state.users.some((each) => each.id === user || each.name === user));
      if (unknown)
        return refuse(
          400,
          'bad_request',
          `there is no user \`${unknown.user}\``,
          'items',
          'a user name of this server',
        );
      roles.splice(
        0,
        roles.length,
        ...items.map(({ user, role }) => {
          const known = state.users.find((each) => each.id === user || each.name === user);
          return { user: known.id, name: known.name, role };
        }),
      );
      return { items: roles };
    }),
    route('GET', `${r}\\/invites`, () => ({ items: invites, next: null })),
    route('POST', `${r}\\/invites`, (_, body) => {
      const invite = { id: `i${Date.now()}`, used: 0, created_at: ago(0), created_by: 'Camille', ...body };
      invites.push(invite);
      return made({ ...invite, token: 'in_5f3c1b', url: '/app/invite?token=in_5f3c1b' });
    }),
    route(
      'DELETE',
      `${r}\\/invites\\/([^/]+)`,
      ([, , id]) => ((invites = invites.filter((each) => each.id !== id)), { status: 204 }),
    ),
    route('GET', '\\/api\\/invites\\/([^/]+)', ([, token]) =>
      token === 'bad'
        ? refuse(404, 'not_found', 'there is no such invitation')
        : { role: 'editor', target: 'restream.1', title: 'Demi-finale A' },
    ),
    route('POST', '\\/api\\/invites\\/([^/]+)', (_, body) => {
      if (body?.name === 'Sam')
        return refuse(409, 'conflict', 'the name `Sam` is taken', 'name', 'names differ in more than case');
      state.signedIn ??= { id: 'u9', name: body.name, role: 'viewer', disabled: false, created_at: ago(0) };
      return { ok: true, role: 'editor', target: 'restream.1', url: '/app/restreams/demi-a' };
    }),
    route('POST', `${r}\\/auto-tokens`, () => made({ token: 'regie_auto_5f3c1b0a9e8d7c6b' })),
    route('GET', `${r}\\/archipelago`, () => ({ items: archipelago, next: null })),
    route('PUT', `${r}\\/archipelago`, (_, body) => {
      if (!/:\d+$/.test(body.address))
        return refuse(400, 'bad_request', 'the address has no port', 'address', 'as in host:38281');
      archipelago = archipelago.filter((each) => each.panel !== body.panel || each.slot !== body.slot);
      archipelago.push({ ...body, password: undefined, state: 'connecting', items: 0, since: ago(0) });
      return { ok: true };
    }),
    route('DELETE', `${r}\\/archipelago`, (_, __, query) => {
      archipelago = archipelago.filter((each) => String(each.slot) !== query.get('slot'));
      return { status: 204 };
    }),
    route('GET', '\\/api\\/links', () => ({
      // All but one said something just now.
      items: links.map((each) => (each.id === 3 ? each : { ...each, seen: ago(0.05) })),
      next: null,
    })),
    route('POST', '\\/api\\/links\\/reload', (_, body) => ({
      ok: true,
      told: links.filter((each) =>
        body.id ? each.id === body.id : each.kind === 'overlay' && each.page.startsWith(body.page_prefix ?? ''),
      ).length,
    })),
    route('GET', p, ([, type]) => ({ items: presets.get(type) ?? [], next: null })),
    route('POST', p, ([, type], body) => makePreset(type, body)),
    route('POST', `${p}\\/import`, ([, type], body) => makePreset(type, body)),
    route('GET', `${p}\\/([^/]+)`, ([, type, slug]) => presetOf(type, slug) ?? noPreset(slug)),
    route('PATCH', `${p}\\/([^/]+)`, ([, type, slug], body) => Object.assign(presetOf(type, slug), body)),
    route('DELETE', `${p}\\/([^/]+)`, ([, type, slug]) => {
      presets.set(
        type,
        presets.get(type).filter((each) => each.slug !== slug),
      );
      return { status: 204 };
    }),
    route('GET', `${p}\\/([^/]+)\\/versions`, () => ({
      items: [4, 3, 2, 1].map((version) => ({
        version,
        at: ago(300 - version * 60),
        kind: version === 1 ? 'create' : 'action',
        actor: camille,
        words: version === 1 ? null : `Lantern → ${version}`,
      })),
      next: null,
    })),
    route('GET', `${p}\\/([^/]+)\\/versions\\/(\\d+)`, ([, , , version]) => document(Number(version))),
    route('POST', `${p}\\/([^/]+)\\/(restore|undo|redo)`, () => ({ ok: true, version: 5 })),
    route('GET', `${p}\\/([^/]+)\\/export`, ([, type, slug]) => ({ ...presetOf(type, slug), participant: {} })),
    route('GET', '\\/api\\/plugins\\/([^/]+)', ([, id]) => {
      const plugin = findPlugin(id);
      if (!plugin) return noPlugin(id);
      return {
        ...plugin,
        description: 'Tracks every item of the first quest.',
        license: 'MIT',
        hash: '5f3c1b0a9e8d7c6b5a4f',
        settings: { values: settings, fields, faults: [] },
        grants,
        overrides: id === 'tracker-one' ? ['extra.css', 'icons/bow.svg'] : [],
        enabled: plugin.state !== 'disabled',
      };
    }),
    route('GET', '\\/api\\/plugins\\/([^/]+)\\/logs', () => ({
      items: empty
        ? []
        : [
            { at_ms: Date.now() - 90_000, level: 'info', hook: 'preset', message: 'made a state for 2 slots' },
            {
              at_ms: Date.now() - 60_000,
              level: 'warn',
              hook: 'update',
              message: 'an action of an older page: ignored',
            },
            { at_ms: Date.now() - 2_000, level: 'debug', hook: 'render', message: 'overlay default, 41 items' },
          ],
    })),
    route('POST', '\\/api\\/plugins\\/([^/]+)\\/(enable|disable|reload)', ([, id, what]) => {
      const plugin = findPlugin(id);
      if (what !== 'reload') plugin.state = what === 'enable' ? 'ready' : 'disabled';
      changed();
      return plugin;
    }),
    route('DELETE', '\\/api\\/plugins\\/([^/]+)', ([, id]) => {
      state.plugins = state.plugins.filter((each) => each.id !== id);
      return { status: 204 };
    }),
    route('PUT', '\\/api\\/plugins\\/([^/]+)\\/settings', (_, { values }) => {
      if (values.rows > 9) return refuse(400, 'bad_request', '`rows` is too large', 'values.rows', '1 to 9');
      return Object.assign(settings, values);
    }),
    route('PUT', '\\/api\\/plugins\\/([^/]+)\\/grants', (_, body) => Object.assign(grants, body)),
  ].map(([method, pattern, handler]) => [
    method,
    pattern,
    (match, ...rest) => {
      if (/^\/api\/restreams\//.test(match[0]) && !find(match[1]))
        return refuse(404, 'not_found', `there is no restream \`${match[1]}\``);
      return handler(match, ...rest);
    },
  ]);
}

/** What a restream says of its panels, its sheet and its layout. */
export function deskView(restream, trackers) {
  const overlays = restream.tracker.overlays;
  const label = (type) => trackers.find((each) => each.key === type)?.label ?? type;
  return {
    ...restream,
    my_role: 'admin',
    indices:
      restream.indices_template === 'none'
        ? { state: 'none', overlays: [] }
        : {
            state: 'ready',
            plugin: 'indices-board',
            overlays: [
              {
                name: 'default',
                title: 'Hints',
                width: 960,
                height: 540,
                url: `/${restream.slug}/overlay/indices?view=default`,
              },
            ],
          },
    panels_state: restream.panels.map((panel) => ({
      key: panel.key,
      tracker_type: panel.tracker_type,
      title: panel.title ?? label(panel.tracker_type),
      state: panel.tracker_type === 'none' ? 'none' : panel.key === 'main' ? restream.tracker.state : 'ready',
      source: panel.source ?? null,
      editable: !panel.source || panel.shared === true,
      overlays: panel.tracker_type === 'none' ? [] : overlays,
    })),
  };
}

export const presenceOf = (empty) =>
  empty
    ? { people: [], count: 0, sources: [] }
    : {
        people: [
          { id: 'u2', name: 'Nour', role: 'restreamer', panel: 'main', slot: 1, since: ago(14) },
          { id: 'u3', name: 'Sam', role: 'editor', panel: 'indices', since: ago(3) },
          { id: 'u1', name: 'Camille', role: 'admin', since: ago(1) },
        ],
        count: 3,
        sources: [{ source: 'archipelago', panel: 'main', slot: 1, at: ago(0.6) }],
      };
