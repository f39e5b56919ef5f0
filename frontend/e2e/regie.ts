// The real binary on an instance of its own, as the browser's tests need it.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Page, test as base } from '@playwright/test';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const TOKEN = 'bootstrap-token-of-the-tests-0123456789';
export const PASSWORD = 'correct horse battery';

/** The first-party plugins: whatever `make packages` built. */
const packages = join(root, 'target/packages');
const built = existsSync(packages)
  ? readdirSync(packages).filter((name) => existsSync(join(packages, name, 'plugin.wasm')))
  : [];
const ofKind = (kind: string) =>
  built.filter((name) => readFileSync(join(packages, name, 'plugin.toml'), 'utf8').includes(`kind = "${kind}"`));
export const games = ofKind('tracker');
/** Those that show hint sheets; each is a template of its own, too. */
export const sheets = ofKind('indices');
/** Rules of races. */
export const modes = ofKind('race');

export class Regie {
  url = '';
  /** Where the embedded broker of lobbies listens. */
  lobby = '';
  /** Environment of the next start. */
  settings: Record<string, string> = {};
  readonly instance = join(mkdtempSync(join(tmpdir(), 'regie-e2e-')), 'instance');
  private child?: ChildProcess;

  constructor(packages: string[]) {
    mkdirSync(this.instance, { recursive: true });
    for (const id of packages) this.drop(id);
  }

  /** A package that was built, by its id. */
  static package(id: string): string {
    const places = ['target/packages', 'target/fixtures'].map((folder) => join(root, folder, id));
    const found = places.find((path) => existsSync(join(path, 'plugin.wasm')));
    if (!found) throw new Error(`${id} is not built: run \`make packages fixtures\``);
    return found;
  }

  drop(id: string): void {
    cpSync(Regie.package(id), join(this.instance, 'plugins', id), { recursive: true });
  }

  async start(): Promise<void> {
    const ready = join(this.instance, 'ready.json');
    rmSync(ready, { force: true });
    const log = openSync(join(this.instance, 'server.log'), 'a');
    const listen = this.url ? new URL(this.url).host : '127.0.0.1:0';
    // Several servers run at once; one that comes back is where it was.
    const lobby = this.lobby ? new URL(this.lobby).host : '127.0.0.1:0';
    const args = ['serve', '--listen', listen, '--instance', this.instance, '--ready-file', ready];
    const binary = process.env.REGIE_BINARY ?? join(root, 'target/debug/regie');
    this.child = spawn(binary, args, {
      env: { REGIE_LOBBY_LISTEN: lobby, ...process.env, REGIE_BOOTSTRAP_TOKEN: TOKEN, ...this.settings },
      stdio: ['ignore', 'ignore', log],
    });
    for (let tries = 0; !existsSync(ready); tries++) {
      if (this.child.exitCode !== null || tries > 1200) throw new Error(`the server did not start:\n${this.log()}`);
      await new Promise((resume) => setTimeout(resume, 25));
    }
    const said = JSON.parse(readFileSync(ready, 'utf8')) as { url: string; lobby?: string };
    this.url = said.url;
    this.lobby = said.lobby ?? '';
  }

  log(): string {
    return readFileSync(join(this.instance, 'server.log'), 'utf8');
  }

  /** `kill -9` */
  async kill(): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resume) => child.once('exit', resume));
    child.kill('SIGKILL');
    await ended;
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  restream(slug: string, tracker: string, labels: string[]): Promise<{ id: number }> {
    const participants = labels.map((label) => ({ label }));
    return this.call('POST', '/api/restreams', { slug, title: slug, tracker_type: tracker, participants });
  }

  async user(name: string, role: string): Promise<void> {
    await this.call('POST', '/api/users', { name, password: PASSWORD, role });
  }

  /** Signs the page's browser in, as the app's form does. */
  async signIn(page: Page, name: string, url = this.url): Promise<void> {
    await page.goto(`${url}/app/login`);
    const status = await page.evaluate(
      async ([who, password]) => {
        const headers = { 'content-type': 'application/json' };
        const body = JSON.stringify({ name: who, password });
        return (await fetch('/api/auth/login', { method: 'POST', headers, body })).status;
      },
      [name, PASSWORD],
    );
    if (status !== 200) throw new Error(`signing in answered ${String(status)}`);
  }
}

/** A test with a server on which every plugin is dropped that is quickly there. */
export const test = base.extend<{ regie: Regie }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright wants the destructuring
  regie: async ({}, use) => {
    // A plugin in JavaScript takes a server seconds to compile; what is about one drops it itself.
    const regie = new Regie(['tracker-probe', ...built.filter((id) => !id.endsWith('-js'))]);
    await regie.start();
    await use(regie);
    await regie.kill();
    rmSync(dirname(regie.instance), { recursive: true, force: true });
  },
});
export { expect } from '@playwright/test';
