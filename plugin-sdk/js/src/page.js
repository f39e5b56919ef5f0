import assert from 'node:assert/strict';

const VOID = ['img', 'br', 'hr', 'input', 'source', 'wbr'];

/** An element of a page: its tag, its attributes with entities decoded, and the text in it. */
class Element {
  constructor(tag, attributes, parent) {
    this.tag = tag;
    this.attributes = attributes;
    this.parent = parent;
    this.text = '';
  }

  /** What a screen reader says. */
  get name() {
    return this.attributes['aria-label'] ?? this.text.trim();
  }

  hasClass(name) {
    return (this.attributes.class ?? '').split(/\s+/).includes(name);
  }

  /** The action in `data-do` or `data-do-alt`. */
  action(attribute) {
    assert.ok(attribute in this.attributes, `${this.name} has no ${attribute}`);
    return JSON.parse(this.attributes[attribute]);
  }
}

/** A rendered fragment, checked while it is read: tags match, attributes pass, keys are unique, buttons have names. */
export class Page {
  constructor(html) {
    this.elements = read(html);
    check(this.elements);
  }

  get buttons() {
    return this.elements.filter((element) => element.tag === 'button');
  }

  /** The one button of that accessible name. */
  button(name) {
    const found = this.buttons.filter((button) => button.name === name);
    const all = this.buttons.map((button) => button.name);
    assert.equal(found.length, 1, `buttons named ${JSON.stringify(name)}, of: ${JSON.stringify(all)}`);
    return found[0];
  }

  /** Elements with this accessible name, clickable or not. */
  named(name) {
    return this.elements.filter((element) => element.attributes['aria-label'] === name);
  }

  get text() {
    return this.elements.filter((element) => !element.parent).map((element) => element.text).join(' ');
  }
}

function read(html) {
  const elements = [];
  const open = [];
  const tags = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/y;
  let at = 0;
  while (at < html.length) {
    const next = html.indexOf('<', at);
    const text = unescape(html.slice(at, next < 0 ? html.length : next));
    for (const element of open) element.text += text;
    if (next < 0) break;
    tags.lastIndex = next;
    const found = tags.exec(html);
    assert.ok(found, `this is no tag: ${html.slice(next, next + 60)}`);
    at = tags.lastIndex;
    const [, closing, tag, rest] = found;
    if (closing) {
      assert.equal(open.pop()?.tag, tag, `</${tag}> closes something else`);
      continue;
    }
    const element = new Element(tag, attributesOf(rest), open.at(-1));
    elements.push(element);
    if (!VOID.includes(tag)) open.push(element);
  }
  assert.equal(open.length, 0, `<${open[0]?.tag}> is never closed`);
  return elements;
}

function attributesOf(text) {
  const found = [...text.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)];
  return Object.fromEntries(found.map(([, name, value = '']) => [name, unescape(value)]));
}

function unescape(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

function check(elements) {
  const keys = new Map();
  for (const element of elements) {
    const { tag, attributes, parent } = element;
    for (const [name, value] of Object.entries(attributes)) {
      const why = refused(name, value);
      assert.ok(!why, `<${tag} ${name}="${value}">: ${why}`);
    }
    const acts = ['data-do', 'data-do-alt'].filter((name) => name in attributes);
    assert.ok(acts.length === 0 || ['button', 'form'].includes(tag), `<${tag}> cannot be clicked`);
    for (const name of acts) element.action(name);
    assert.ok(tag !== 'button' || element.name !== '', 'a button without a name');
    assert.ok(tag !== 'img' || 'alt' in attributes, 'an img without alt');
    if ('data-key' in attributes) {
      const siblings = keys.get(parent) ?? new Set();
      assert.ok(!siblings.has(attributes['data-key']), `two siblings have the key ${attributes['data-key']}`);
      keys.set(parent, siblings.add(attributes['data-key']));
    }
  }
}

function refused(name, value) {
  if (name === 'id') return 'ids belong to the page';
  if (name === 'class' && /(^|\s)rg-/.test(value)) return "rg- classes are the host's";
  if (name === 'style' && value.split(';').some((part) => part.trim() !== '' && !part.trim().startsWith('--'))) {
    return 'only custom properties may be set in style';
  }
  if (/^data-(do|do-alt|key)$/.test(name) || name.startsWith('data-x-')) return undefined;
  if (name.startsWith('data-')) return 'no such data attribute';
  return name.startsWith('on') ? 'no handlers' : undefined;
}
