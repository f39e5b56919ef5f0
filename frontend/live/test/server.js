// A server as small as the contract allows: serves dist/ with the page policy, keeps a counter per topic, speaks the
// frames of /live. For the checks in a real browser; scripts/measure.js uses it, too.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const dist = new URL('../dist/', import.meta.url);
/** @param {string} name */
const read = (name) => readFileSync(new URL(name, dist), 'utf8');
const manifest = JSON.parse(read('manifest.json'));
const pages = JSON.parse(readFileSync(new URL('../../locales/pages.json', import.meta.url), 'utf8'));
const words = Object.fromEntries(Object.entries(pages.en).map(([key, text]) => [key.replace('runtime.', ''), text]));
const types = { js: 'text/javascript', css: 'text/css' };

const POLICY =
  "default-src 'none'; script-src 'nonce-N'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; " +
  "media-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'";

/** @typedef {{ topic: string, surface: string, slot?: number }} Want */

export async function startServer() {
  const state = {
    version: 1,
    count: 0,
    generation: 1,
    /** Bytes of filling in each picture. */
    filling: 0,
    /** Keys of all actions that came, also again. */
    keys: /** @type {string[]} */ ([]),
    /** Acts, but does not answer. */
    mute: false,
    /** Lets no link in. */
    down: false,
    /** @type {string | undefined} */
    refuse: undefined,
    /** What the host's own actions were (undo, presence), with their topics. */
    told: /** @type {{ topic: string, action: { type: string } }[]} */ ([]),
    presence: /** @type {object | undefined} */ (undefined),
    /** How far the clock of the server's races is ahead of this machine, in milliseconds. */
    ahead: 0,
    /** Calls of the races' API that change something: path and body. */
    called: /** @type {[string, string][]} */ ([]),
    /** What such a call answers: status and body. */
    answer: /** @type {[number, object]} */ ([200, {}]),
    /** Moments of the replay that were asked for, with their surfaces. */
    moments: /** @type {[string, number][]} */ ([]),
    /** Written in place of what a page's file says, the next time it is asked for: from, to. */
    edits: /** @type {[string, string][]} */ ([]),
    completions: { checks: ['Feron Woods', 'Forêt de Firon', 'Lower Mine', 'Old Well', 'Tower 50'] },
  };
  const answered = new Map();

  /** @param {string} surface */
  const render = (surface) => {
    const { count } = state;
    if (surface !== 'live') return `<p class="count" style="color:red">${count}</p>`;
    const cell = (/** @type {number} */ i) =>
      `<button data-key="b${i}" data-do='{"step":1}' data-do-alt='{"step":-1}' aria-label="Item ${i}, ${count}">${count}</button>`;
    const cells = Array.from({ length: 9 }, (_, i) => cell(i)).join('');
    let extra = '';
    for (let i = 0; extra.length < state.filling; i++)
      extra += `<span class="cell" data-key="x${i}" title="Thing ${i}"><b>${(i + count) % 5}</b></span>`;
    return `<div class="grid">${cells}</div><form data-do='{"step":10}'><input name="note" aria-label="Note"></form>${extra}`;
  };
  const etag = () => `l-${state.version}-${state.generation}`;

  /** @param {string} surface */
  const block = (surface) => `<div class="rg-block" data-plugin="p" data-rg-topic="tracker/1/main"
    data-rg-surface="${surface}" data-rg-etag="${etag()}" data-rg-version="${state.version}">${render(surface)}</div>`;
  const bodies = {
    live: () => `<body class="rg-page rg-live"><header class="rg-bar"><a class="rg-home" href="/">Home</a>
      <h1 class="rg-title">A restream with a rather long name</h1><nav class="rg-actions"><p class="rg-link" role="status"></p>
      <a class="rg-button" href="/">Overview</a><a class="rg-lang" href="/">Français</a></nav></header>
      <main class="rg-panels"><section class="rg-panel">${block('live')}</section></main>`,
    overlay: () => `<body class="obs-overlay"><main class="rg-canvas"
      style="--rg-width:400px;--rg-height:100px;--rg-scale:2;--rg-align:end">${block('overlay:default')}</main>`,
  };

  /** @param {'live' | 'overlay'} kind */
  const page = (kind) => `<!doctype html><html lang="en" data-link="connecting"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Demo</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/${manifest[kind === 'live' ? 'page' : 'overlay_css']}">
<link rel="stylesheet" href="/plugins/p/${state.generation}/a.css" data-rg-css="p"></head>${bodies[kind]()}
<script type="application/json" id="rg-page" nonce="N">${JSON.stringify({ key: null, locale: 'en', words })}</script>
<script type="module" nonce="N" src="/static/${manifest[kind]}"></script></body></html>`;

  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const file = path.replace('/static/', '');
    if (path === '/live-page' || path === '/overlay-page') {
      response.setHeader('content-type', 'text/html');
      response.setHeader('content-security-policy', POLICY);
      response.end(page(path === '/live-page' ? 'live' : 'overlay'));
    } else if (path.startsWith('/pages/')) {
      // As the real server wrote it: host/*/src/pages/tests/samples.rs.
      response.setHeader('content-type', 'text/html');
      response.setHeader('content-security-policy', POLICY);
      const html = readFileSync(new URL(`.${path}.html`, import.meta.url), 'utf8');
      response.end(state.edits.reduce((html, [from, to]) => html.replaceAll(from, to), html));
    } else if (path.startsWith('/api/races/r1')) {
      response.setHeader('content-type', 'application/json');
      const { searchParams } = new URL(request.url ?? '/', 'http://host');
      if (request.method === 'POST') {
        let body = '';
        request.on('data', (data) => (body += String(data)));
        request.on('end', () => {
          state.called.push([path.replace('/api/races/r1', ''), body]);
          const [status, answer] = state.answer;
          response.writeHead(status).end(JSON.stringify(answer));
        });
      } else if (path.endsWith('/replay')) {
        const [surface, at] = [searchParams.get('surface') ?? '', Number(searchParams.get('at_ms'))];
        state.moments.push([surface, at]);
        response.end(JSON.stringify({ html: `<p class="at">${at}</p>`, at_ms: at }));
      } else {
        response.end(JSON.stringify({ server_time_ms: Date.now() + state.ahead }));
      }
    } else if (path === '/finale/indices/completions') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(state.completions));
    } else if (path === '/plugins/sample/1/sample.js') {
      response.setHeader('content-type', 'text/javascript');
      response.end('document.body.dataset.scripted = window.TRACKER_STREAM_URL');
    } else if (path === '/plugins/sample/1/sample.css') {
      response.setHeader('content-type', 'text/css');
      response.end(readFileSync(new URL('pages/_sample.css', import.meta.url)));
    } else if (file in manifest || Object.values(manifest).includes(file)) {
      const name = manifest[file] ?? file;
      response.setHeader('content-type', types[/** @type {'js' | 'css'} */ (name.split('.').pop())]);
      response.end(read(name));
    } else if (path.startsWith('/plugins/p/')) {
      response.setHeader('content-type', 'text/css');
      const color = path.includes('/1/') ? 'rgb(1, 1, 1)' : 'rgb(2, 2, 2)';
      response.end(`.grid{display:grid;grid-template-columns:repeat(3,60px)} .grid button{background:${color}}`);
    } else {
      response.writeHead(404).end();
    }
  });

  const links = new WebSocketServer({ server, path: '/live', verifyClient: () => !state.down });
  /** @type {Map<import('ws').WebSocket, Want[]>} */
  const subscribed = new Map();
  /** @param {import('ws').WebSocket} link @param {Want} want @param {object} [more] */
  const picture = (link, { topic, surface }, more) =>
    link.send(JSON.stringify({ topic, surface, etag: etag(), version: state.version, html: render(surface), ...more }));
  /** @param {object} [more] */
  const publish = (more) => {
    for (const [link, wants] of subscribed) for (const want of wants) picture(link, want, more);
  };

  links.on('connection', (link) => {
    link.on('close', () => subscribed.delete(link));
    link.on('message', (data) => {
      const frame = JSON.parse(String(data));
      if ('beat' in frame) link.send(JSON.stringify(frame));
      if ('subscribe' in frame) {
        subscribed.set(link, frame.subscribe);
        for (const want of frame.subscribe) {
          if (want.as === 'state')
            link.send(JSON.stringify({ ...want, etag: 'p-1-v', version: 1, state: state.presence }));
          else if (want.etag === etag() || want.etag === 'l-1-v') link.send(JSON.stringify({ ...want, current: true }));
          else picture(link, want);
        }
      }
      if ('do' in frame) {
        const { key, action, topic } = frame.do;
        if ('type' in action) {
          state.told.push({ topic, action });
          const error = state.refuse && { code: 'undo_conflict', message: state.refuse };
          link.send(JSON.stringify({ done: key, version: state.version, error }));
          return;
        }
        state.keys.push(key);
        if (state.refuse) {
          link.send(JSON.stringify({ done: key, error: { code: 'plugin.no', message: state.refuse } }));
          return;
        }
        if (!answered.has(key)) {
          state.count += action.step;
          answered.set(key, ++state.version);
          publish();
        }
        if (!state.mute) link.send(JSON.stringify({ done: key, version: answered.get(key) }));
      }
    });
  });

  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    state,
    publish,
    /** A frame for every link. @param {object} frame */
    push(frame) {
      for (const link of links.clients) link.send(JSON.stringify(frame));
    },
    url: `http://127.0.0.1:${port}`,
    /** Cuts all links and lets none in until `down` is false again. */
    drop() {
      state.down = true;
      for (const link of links.clients) link.terminate();
    },
    async close() {
      for (const link of links.clients) link.terminate();
      links.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const chromium = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    ...['--disable-component-update', '--disable-sync'],
  ],
};
