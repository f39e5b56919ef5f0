// Prints how long the live page takes, in Chromium, from a click to its `send` and from a message to the changed DOM,
// for a block of about 6 KiB. Numbers for people; no test asserts them.
/* global addEventListener, document, performance, MutationObserver, WebSocket */
import { chromium as playwright } from 'playwright-core';
import { chromium, startServer } from '../test/server.js';

const ROUNDS = 100;
const server = await startServer();
server.state.filling = 5_000;
const browser = await playwright.launch(chromium);
const page = await browser.newPage();

// Runs before the page's own script: every time is taken on the page's clock.
await page.addInitScript(() => {
  const times = { send: [], shown: [], bytes: 0 };
  Object.assign(globalThis, { times });
  let clicked = 0;
  let received = 0;
  addEventListener('click', ({ timeStamp }) => (clicked = timeStamp), true);
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    if (String(data).startsWith('{"do"')) times.send.push(performance.now() - clicked);
    send.call(this, data);
  };
  const native = WebSocket;
  globalThis.WebSocket = class extends native {
    constructor(url) {
      super(url);
      this.addEventListener('message', ({ data }) => {
        if (!data.includes('"html"')) return;
        received = performance.now();
        times.bytes = JSON.parse(data).html.length;
      });
    }
  };
  document.addEventListener('DOMContentLoaded', () => {
    const observer = new MutationObserver(() => {
      if (received) times.shown.push(performance.now() - received);
      received = 0;
    });
    const changes = { childList: true, characterData: true, attributes: true, subtree: true };
    observer.observe(document.querySelector('.rg-block'), changes);
  });
});

await page.goto(`${server.url}/live-page`);
await page.waitForSelector('html[data-link=open]');
for (let i = 1; i <= ROUNDS; i++) {
  await page.click('[data-key=b4]');
  await page.waitForSelector(`[data-key=b4]:text-is("${i}"):not([data-pending])`);
}
const times = await page.evaluate('times');
const show = (name, values) => {
  const sorted = values.sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(2);
  console.log(`${name}: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, of ${sorted.length}`);
};
console.log(`block: ${times.bytes} bytes of HTML`);
show('click (time of the input) to send', times.send);
show('message to changed DOM', times.shown);
await browser.close();
await server.close();
