import { beforeEach, describe, expect, it } from 'vitest';
import { backoff, beatEvery, Link, silence, type Surroundings } from './link.svelte';

class Socket {
  sent: string[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.closed = true;
  }
  says(frame: unknown) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

interface Timer {
  ms: number;
  run: () => void;
}

let sockets: Socket[];
let timers: Timer[];
let random: number;
let link: Link;

const last = () => sockets.at(-1)!;
const due = (ms: number) => timers.find((timer) => timer.ms === ms);

/** Runs the timer of that length, which is thereby over. */
function elapse(ms: number) {
  const timer = due(ms)!;
  timers = timers.filter((other) => other !== timer);
  timer.run();
}

beforeEach(() => {
  sockets = [];
  timers = [];
  random = 1;
  const around: Surroundings = {
    open: () => {
      sockets.push(new Socket());
      return last() as unknown as WebSocket;
    },
    random: () => random,
    after: (ms, run) => {
      const timer = { ms, run };
      timers.push(timer);
      return () => (timers = timers.filter((other) => other !== timer));
    },
  };
  link = new Link(around);
});

describe('the link', () => {
  it('is up once it is open, and follows what changes', () => {
    expect(link.state).toBe('off');
    link.start();
    expect(link.state).toBe('connecting');
    last().onopen?.();
    expect(link.state).toBe('up');
    expect(JSON.parse(last().sent[0]!)).toEqual({
      hello: { page: '/app/', build: '' },
      subscribe: [{ topic: 'app/changes', as: 'state' }],
    });
  });

  it('is opened once however often it is started', () => {
    link.start();
    link.start();
    expect(sockets).toHaveLength(1);
  });

  it('waits longer after every failure, up to a limit, and no longer once it was up', () => {
    link.start();
    const waits = [];
    for (let i = 0; i < 8; i++) {
      last().onclose?.();
      expect(link.state).toBe('down');
      const [retry] = timers;
      waits.push(retry!.ms);
      elapse(retry!.ms);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, backoff.most, backoff.most, backoff.most]);
    last().onopen?.();
    last().onclose?.();
    expect(timers.map((timer) => timer.ms)).toEqual([backoff.first]);
  });

  it('spreads its attempts, so that a restarted server is not met by everyone at once', () => {
    random = 0.25;
    link.start();
    last().onclose?.();
    expect(timers[0]!.ms).toBe(125);
  });

  it('counts a silent link as broken, also one that never opens', () => {
    link.start();
    elapse(silence);
    expect([link.state, last().closed]).toEqual(['down', true]);
    elapse(backoff.first);
    last().onopen?.();
    last().says({ beat: 1 });
    expect(timers.filter((timer) => timer.ms === silence)).toHaveLength(1);
    elapse(silence);
    expect(link.state).toBe('down');
  });

  it('beats while it is up', () => {
    link.start();
    last().onopen?.();
    elapse(beatEvery);
    elapse(beatEvery);
    expect(last().sent.filter((frame) => frame.startsWith('{"beat":'))).toHaveLength(2);
  });

  it('tells of changes, not of how things were when it opened', () => {
    let told = 0;
    link.onChange(() => (told += 1));
    link.start();
    last().onopen?.();
    last().says({ topic: 'app/changes', state: {} });
    expect(told).toBe(0);
    last().says({ topic: 'app/changes', state: {} });
    expect(told).toBe(1);
  });

  it('tells that something may have been missed when it is back', () => {
    let told = 0;
    link.start();
    last().onopen?.();
    link.onChange(() => (told += 1));
    last().onclose?.();
    elapse(backoff.first);
    last().onopen?.();
    expect(told).toBe(1);
  });

  it('keeps quiet about refusals and frames it cannot read', () => {
    let told = 0;
    link.onChange(() => (told += 1));
    link.start();
    last().onopen?.();
    for (let i = 0; i < 2; i++) {
      last().says({ topic: 'app/changes', error: { code: 'not_found', message: 'no such topic' } });
      last().onmessage?.({ data: 'not json' });
      last().onmessage?.({ data: new ArrayBuffer(1) });
    }
    expect([told, link.state]).toEqual([0, 'up']);
  });

  it('leaves nothing behind when it is stopped', () => {
    link.start();
    last().onopen?.();
    link.stop();
    expect([link.state, last().closed, timers.length]).toEqual(['off', true, 0]);
  });

  it('follows topics, again after a lost link, until it is told to stop', () => {
    const seen: unknown[] = [];
    const stop = link.follow('presence/demi-a', (state) => seen.push(state));
    link.start();
    last().onopen?.();
    expect(JSON.parse(last().sent[0]!)).toMatchObject({
      subscribe: [
        { topic: 'app/changes', as: 'state' },
        { topic: 'presence/demi-a', as: 'state' },
      ],
    });
    last().onmessage?.({ data: '{"topic":"presence/demi-a","as":"state","state":{"count":2}}' });
    last().onmessage?.({ data: '{"topic":"presence/other","as":"state","state":{"count":3}}' });
    expect(seen).toEqual([{ count: 2 }]);
    stop();
    expect(JSON.parse(last().sent.at(-1)!)).toEqual({ unsubscribe: ['presence/demi-a'] });
  });

  it('sends an action only while it is up', () => {
    expect(link.act('presence/demi-a', { type: 'here' })).toBe(false);
    link.start();
    last().onopen?.();
    expect(link.act('presence/demi-a', { type: 'here' })).toBe(true);
    expect(JSON.parse(last().sent.at(-1)!)).toMatchObject({
      do: { topic: 'presence/demi-a', action: { type: 'here' } },
    });
  });

  it('tells when an operator asks this page to load again', () => {
    let asked = 0;
    link.onReload(() => (asked += 1));
    link.start();
    last().onopen?.();
    last().says({ reload: true });
    last().says({ beat: 1 });
    expect(asked).toBe(1);
  });
});
