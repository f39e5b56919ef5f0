import { describe, expect, it, vi } from 'vitest';
import { blockMarkup, FakeSocket, live, picture, stage, $ } from './stage';

stage();

const both = `<button data-do='{"up":1}' data-do-alt='{"down":1}'><svg><path/></svg></button>`;
const up = `<button data-do='{"up":1}'></button>`;
const down = `<button data-do-alt='{"down":1}'></button>`;

/** An event as a browser makes it; `timeStamp` is the fake clock's. */
function fire(type: string, init: object = {}, selector = 'button') {
  const Kind = { wheel: WheelEvent, keydown: KeyboardEvent, click: MouseEvent }[type] ?? PointerEvent;
  const event = new Kind(type, { bubbles: true, cancelable: true, ...init });
  Object.defineProperty(event, 'timeStamp', { value: performance.now() });
  document.querySelector(selector)!.dispatchEvent(event);
  return event;
}
const touch = (type: string, x = 0, more: object = {}) =>
  fire(type, { pointerType: 'touch', isPrimary: true, clientX: x, ...more });
const wait = (ms: number) => vi.advanceTimersByTime(ms);

describe('what acts', () => {
  const cases: [string, string, () => unknown, string[]][] = [
    ['a click', both, () => fire('click'), ['up']],
    ['a click on a picture inside', both, () => fire('click', {}, 'path'), ['up']],
    ['a double click, twice', both, () => [fire('click'), fire('click'), fire('dblclick')], ['up', 'up']],
    ['a click that has nothing to do', down, () => fire('click'), []],
    ['a right click', both, () => fire('contextmenu'), ['down']],
    ['a right click that has nothing to do', up, () => fire('contextmenu'), []],
    ['Backspace', both, () => fire('keydown', { key: 'Backspace' }), ['down']],
    ['Delete', both, () => fire('keydown', { key: 'Delete' }), ['down']],
    ['Backspace, held', both, () => fire('keydown', { key: 'Backspace', repeat: true }), []],
    ['Ctrl Backspace', both, () => fire('keydown', { key: 'Backspace', ctrlKey: true }), []],
    ['wheel up', both, () => fire('wheel', { deltaY: -3 }), ['up']],
    ['wheel down', both, () => fire('wheel', { deltaY: 3 }), ['down']],
    ['wheel down without an alternative', up, () => fire('wheel', { deltaY: 3 }), []],
    ['wheel sideways', both, () => fire('wheel', { deltaX: 3 }), []],
    ['Ctrl and wheel', both, () => fire('wheel', { deltaY: -3, ctrlKey: true }), []],
    ['a flick', both, () => Array.from({ length: 24 }, () => [fire('wheel', { deltaY: -3 }), wait(10)]), ['up', 'up']],
    [
      'a scroll that began beside it',
      both,
      () => Array.from({ length: 24 }, (_, i) => [fire('wheel', { deltaY: 3 }, i ? 'button' : 'main'), wait(30)]),
      [],
    ],
    ['a long press', both, () => [touch('pointerdown'), wait(500)], ['down']],
    [
      'a long press whose finger is lifted',
      both,
      () => [touch('pointerdown'), wait(500), touch('pointerup'), fire('click', { detail: 1 })],
      ['down'],
    ],
    [
      'a long press and then Enter',
      both,
      () => [touch('pointerdown'), wait(500), touch('pointerup'), fire('click', { detail: 0 })],
      ['down', 'up'],
    ],
    [
      'a long press and then a tap',
      both,
      () => [
        ...[touch('pointerdown'), wait(500), touch('pointerup'), fire('click', { detail: 1 })],
        ...[touch('pointerdown'), touch('pointerup'), fire('click', { detail: 1 })],
      ],
      ['down', 'up'],
    ],
    [
      'a long press with a context menu before the time',
      both,
      () => [touch('pointerdown'), wait(400), fire('contextmenu'), wait(500)],
      ['down'],
    ],
    [
      'a long press with a context menu after the time',
      both,
      () => [touch('pointerdown'), wait(600), fire('contextmenu')],
      ['down'],
    ],
    ['a tap', both, () => [touch('pointerdown'), wait(99), touch('pointerup'), fire('click', { detail: 1 })], ['up']],
    ['a press that moves', both, () => [touch('pointerdown'), touch('pointermove', 11), wait(500)], []],
    ['a press that trembles', both, () => [touch('pointerdown'), touch('pointermove', 9), wait(500)], ['down']],
    ['a press that becomes a scroll', both, () => [touch('pointerdown'), touch('pointercancel'), wait(500)], []],
    [
      'a second finger',
      both,
      () => [touch('pointerdown'), touch('pointerdown', 0, { isPrimary: false }), wait(500)],
      [],
    ],
    ['a mouse that is held', both, () => [fire('pointerdown', { pointerType: 'mouse' }), wait(500)], []],
    ['a disabled button', both.replace('<button', '<button disabled'), () => fire('contextmenu'), []],
    ['what is not a button', `<span data-do='{"up":1}'></span>`, () => fire('click', {}, 'span'), []],
    ['what is not JSON', `<button data-do='{up}'></button>`, () => fire('click'), []],
  ];

  it.each(cases)('%s', (_, html, gesture, expected) => {
    vi.spyOn(console, 'error').mockReturnValue();
    const socket = live(blockMarkup(html));
    gesture();
    expect(socket.dos.map(({ action }) => Object.keys(action as object)[0])).toEqual(expected);
  });

  it.each([
    ['contextmenu', both, {}, true],
    ['contextmenu', up, {}, false],
    ['wheel', both, { deltaY: 1 }, true],
    ['wheel', up, { deltaY: 1 }, true],
    ['wheel', '<button>plain</button>', { deltaY: 1 }, false],
    ['keydown', both, { key: 'Enter', repeat: true }, true],
    ['keydown', both, { key: 'Enter' }, false],
    ['keydown', both, { key: 'Tab' }, false],
  ])('%s on %s with %j is taken from the browser: %s', (type, html, init, taken) => {
    live(blockMarkup(html));
    expect(fire(type, init).defaultPrevented).toBe(taken);
  });
});

describe('an action', () => {
  it('names the topic and version of its block, and a key of its own', () => {
    const socket = live(blockMarkup('') + blockMarkup(up, { topic: 'tracker/12/second', version: 8 }));
    $('button').click();
    $('button').click();
    expect(socket.dos).toMatchObject(
      Array.from({ length: 2 }, () => ({ topic: 'tracker/12/second', base_version: 8, action: { up: 1 } })),
    );
    const keys = socket.dos.map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(parseInt(keys[0]!.replace(/-/g, '').slice(0, 12), 16)).toBe(Date.now());
  });

  it('is pending until its answer', () => {
    const socket = live(blockMarkup(both));
    $('button').click();
    $('button').click();
    const [first, second] = socket.dos.map(({ key }) => key);
    const pending = () => $('button').hasAttribute('data-pending');
    expect(pending()).toBe(true);
    socket.push({ done: first, version: 4 });
    expect(pending()).toBe(true);
    socket.push({ done: second, version: 5 });
    expect(pending()).toBe(false);
  });

  it.each([
    ['by its data-key', `<i></i><button data-key="b" data-do="2">new</button>`, 'new'],
    ['by what it does', `<p></p><button data-do="2">other</button><button data-do='{"up":1}'>same</button>`, 'same'],
  ])('finds its element again after a morph %s', (name, html, text) => {
    const key = name.includes('key') ? ' data-key="b"' : '';
    const socket = live(blockMarkup(`<button${key} data-do='{"up":1}'></button>`));
    $('button').click();
    socket.push(picture(html));
    expect([...document.querySelectorAll('[data-pending]')].map((el) => el.textContent)).toEqual([text]);
    socket.push({ done: socket.dos[0]!.key, version: 4 });
    expect(document.querySelector('[data-pending]')).toBeNull();
  });

  it('that is refused says why beside its element', () => {
    const socket = live(blockMarkup(both));
    $('button').click();
    const error = { code: 'plugin.full', message: '<b>Already</b> at its most', hint: 'take one away first' };
    socket.push({ done: socket.dos[0]!.key, error, version: 3, state: {} });
    const toast = $('[role=alert]');
    expect(toast.closest('.rg-block')).toBeNull();
    expect([toast.hidden, toast.innerHTML]).toEqual([
      false,
      '&lt;b&gt;Already&lt;/b&gt; at its most — take one away first',
    ]);
    expect($('button').hasAttribute('data-pending')).toBe(false);
    wait(6_000);
    expect(toast.hidden).toBe(true);
  });

  it('without an answer is sent again after a reconnect: in order, by the same key, after the subscription', () => {
    const socket = live(blockMarkup(both));
    for (const type of ['click', 'contextmenu', 'click']) fire(type);
    const [first, ...rest] = socket.dos;
    socket.push({ done: first!.key, version: 4 });
    socket.fail();
    wait(250);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent.map((frame) => Object.keys(frame)[0])).toEqual(['subscribe', 'hello', 'do', 'do']);
    expect(FakeSocket.last.dos).toEqual(rest);
    FakeSocket.last.push({ done: rest[0]!.key, version: 5 });
    FakeSocket.last.push({ done: rest[1]!.key, version: 6 });
    FakeSocket.last.fail();
    wait(500);
    FakeSocket.last.accept();
    expect(FakeSocket.last.dos).toEqual([]);
  });

  it.each([
    ['on an open link', () => undefined],
    ['on a lost link', () => FakeSocket.last.fail()],
  ])('without an answer for 30 s %s is dropped and said', (_, meanwhile) => {
    const socket = live(blockMarkup(both), { words: { unanswered: 'Sans réponse' } });
    $('button').click();
    meanwhile();
    for (let ms = 0; ms < 29_999; ms += 4_999) {
      socket.push({ beat: 1 }, false);
      wait(Math.min(4_999, 29_999 - ms));
    }
    expect([$('[role=alert]').hidden, $('button').hasAttribute('data-pending')]).toEqual([true, true]);
    wait(1);
    expect([$('[role=alert]').textContent, $('button').hasAttribute('data-pending')]).toEqual(['Sans réponse', false]);
    FakeSocket.last.accept();
    expect(FakeSocket.last.dos).toHaveLength(FakeSocket.all.length > 1 ? 0 : 1);
  });

  it('that is older than 30 s when the machine wakes is not sent', () => {
    const socket = live(blockMarkup(both));
    $('button').click();
    vi.setSystemTime(Date.now() + 30_000);
    socket.fail();
    wait(250);
    FakeSocket.last.accept();
    expect([FakeSocket.last.dos, $('[role=alert]').hidden]).toEqual([[], false]);
  });

  it('cannot be begun while the link is down', () => {
    const socket = live(blockMarkup(both));
    const disabled = () => $('.rg-block').getAttribute('aria-disabled');
    expect(disabled()).toBeNull();
    socket.fail();
    expect(disabled()).toBe('true');
    $('button').click();
    fire('contextmenu');
    wait(250);
    FakeSocket.last.accept();
    expect([disabled(), FakeSocket.last.dos]).toEqual([null, []]);
  });
});

describe('a form', () => {
  const form = `<form data-do='{"add":"line"}'><input name="text" value="a"><input name="n" value="1"><input name="n" value="2">
    <input type="checkbox" name="off"><input name="__proto__" value="p"><textarea name="t">t</textarea>
    <select name="s"><option>x<option selected>y</select><input type="file" name="f"><button name="how" value="now">Go</button></form>`;
  const submit = (selector = 'form') => {
    const submitter = $(`${selector} button`);
    const event = new SubmitEvent('submit', { bubbles: true, cancelable: true, submitter });
    $(selector).dispatchEvent(event);
    return event;
  };
  const type = (selector: string, value: string) => {
    $<HTMLInputElement>(selector).value = value;
    $(selector).dispatchEvent(new Event('input', { bubbles: true }));
  };

  it('sends its fields with its action', () => {
    const socket = live(blockMarkup(form));
    expect(submit().defaultPrevented).toBe(true);
    const fields = JSON.parse('{"text":"a","n":["1","2"],"__proto__":"p","t":"t","s":"y","how":"now"}') as object;
    expect(socket.dos).toMatchObject([{ action: { add: 'line', fields } }]);
    expect(Object.keys((socket.dos[0]!.action as { fields: object }).fields)).toContain('__proto__');
  });

  it.each([
    ['without an action does nothing, and does not load the page again', '<form><button>x</button></form>', true, 0],
    ['of the host is left alone', '<form action="/x"><button>x</button></form>', false, 0],
    ['whose button acts by itself', `<form data-do='{"a":1}'><button data-do='{"b":1}'>x</button></form>`, true, 1],
  ])('%s', (name, html, prevented, sent) => {
    const socket = live(blockMarkup(html));
    if (name.includes('button acts')) expect(fire('click').defaultPrevented).toBe(prevented);
    else expect(submit().defaultPrevented).toBe(prevented);
    expect(socket.dos).toHaveLength(sent);
  });

  it('keeps what is being typed through pictures, and takes new values for the rest', () => {
    const html = (
      n: number,
    ) => `<form data-do='{}'><p>${n}</p><input name="a" value="a${n}"><input name="b" value="b${n}">
      <input type="checkbox" name="c" ${n % 2 ? 'checked' : ''}><textarea name="t">t${n}</textarea><textarea name="u">u${n}</textarea>
      <select name="s"><option value="1" ${n === 1 ? 'selected' : ''}>1<option value="2" ${n === 2 ? 'selected' : ''}>2<option value="3">3</select></form>`;
    const socket = live(blockMarkup(html(1)));
    type('[name=a]', 'mine');
    type('[name=t]', 'mine');
    type('[name=s]', '3');
    $('[name=c]').click();
    socket.push(picture(html(2)));
    const values = () => ['a', 'b', 't', 'u', 's'].map((name) => $<HTMLInputElement>(`[name=${name}]`).value).join(' ');
    expect([values(), $<HTMLInputElement>('[name=c]').checked]).toEqual(['mine b2 mine u2 3', false]);
    socket.push(picture(html(3), 5));
    expect([values(), $<HTMLInputElement>('[name=c]').checked, $('form p').textContent]).toEqual([
      'mine b3 mine u3 3',
      false,
      '3',
    ]);
  });

  it.each([
    ['the picture came first', true],
    ['the answer came first', false],
  ])('shows what the server says once it is accepted: %s', (_, pictureFirst) => {
    const html = (value: string) => `<form data-do='{}'><input value="${value}" name="a"></form>`;
    const socket = live(blockMarkup(html('')));
    type('input', 'mine');
    $<HTMLFormElement>('form').requestSubmit();
    const frames = [picture(html('theirs')), { done: socket.dos[0]!.key, version: 4 }];
    for (const frame of pictureFirst ? frames : frames.reverse()) {
      expect($<HTMLInputElement>('input').value).toBe('mine');
      socket.push(frame);
    }
    expect($<HTMLInputElement>('input').value).toBe('theirs');
  });

  it('keeps what was typed after it was sent, and what was refused', () => {
    const html = (value: string) => `<form data-do='{}'><input value="${value}" name="a"></form>`;
    const socket = live(blockMarkup(html('')));
    type('input', 'first');
    $<HTMLFormElement>('form').requestSubmit();
    type('input', 'second');
    socket.push(picture(html('first'), 4));
    socket.push({ done: socket.dos[0]!.key, version: 4 });
    expect($<HTMLInputElement>('input').value).toBe('second');
    $<HTMLFormElement>('form').requestSubmit();
    socket.push({ done: socket.dos[1]!.key, error: { message: 'no' }, version: 4 });
    socket.push(picture(html('first'), 5));
    expect($<HTMLInputElement>('input').value).toBe('second');
  });
});
