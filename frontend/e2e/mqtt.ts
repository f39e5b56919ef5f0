// As much of MQTT 3.1.1 as a plain game speaks: a clean session, quality of service 1 both ways, retained messages.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const text = (value: string) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};
const number = (value: number) => Buffer.from([value >> 8, value & 0xff]);

function packet(head: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  let rest = body.length;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([head, ...length]), body]);
}

export class Mqtt {
  /** What was heard last on each topic; an empty message removes it. */
  readonly heard = new Map<string, string>();
  #read = Buffer.alloc(0);
  #lastId = 0;
  #waiting = new Map<string, () => void>();

  private constructor(
    readonly clientId: string,
    private readonly socket: Socket,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#take(bytes));
    // A server that is stopped at the end of a test takes its broker along.
    socket.on('error', () => undefined);
  }

  /** `url`: `mqtt://host:port` */
  static async connect(url: string, clientId: string): Promise<Mqtt> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const client = new Mqtt(clientId, socket);
    const [clean, keepAlive] = [Buffer.from([4, 2]), number(60)];
    await client.#ask('connected', packet(0x10, text('MQTT'), clean, keepAlive, text(clientId)));
    return client;
  }

  /** Resolves when the broker has it. */
  async publish(topic: string, payload: unknown, { retain = false } = {}): Promise<void> {
    const id = this.#id();
    const body = payload === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(payload));
    await this.#ask(`acknowledged ${id}`, packet(0x32 | Number(retain), text(topic), number(id), body));
  }

  async subscribe(filter: string): Promise<void> {
    const id = this.#id();
    await this.#ask(`subscribed ${id}`, packet(0x82, number(id), text(filter), Buffer.from([1])));
  }

  /** Without a word, as a machine that is switched off. */
  close(): void {
    this.socket.destroy();
  }

  #id(): number {
    return (this.#lastId = (this.#lastId % 0xffff) + 1);
  }

  #ask(answer: string, bytes: Buffer): Promise<void> {
    const answered = new Promise<void>((resume) => this.#waiting.set(answer, resume));
    this.socket.write(bytes);
    return answered;
  }

  #take(bytes: Buffer): void {
    this.#read = Buffer.concat([this.#read, bytes]);
    for (;;) {
      let [length, at] = [0, 1];
      for (; ; at++) {
        const byte = this.#read[at];
        if (byte === undefined) return;
        length += (byte & 0x7f) * 128 ** (at - 1);
        if (byte < 0x80) break;
      }
      const end = at + 1 + length;
      if (this.#read.length < end) return;
      this.#hear(this.#read[0]!, this.#read.subarray(at + 1, end));
      this.#read = this.#read.subarray(end);
    }
  }

  #hear(head: number, body: Buffer): void {
    const kind = head >> 4;
    if (kind === 3) return this.#message((head >> 1) & 3, body);
    const id = kind === 2 ? 0 : body.readUInt16BE(0);
    const answer = kind === 2 ? 'connected' : `${kind === 4 ? 'acknowledged' : 'subscribed'} ${id}`;
    this.#waiting.get(answer)?.();
    this.#waiting.delete(answer);
  }

  #message(qos: number, body: Buffer): void {
    const end = 2 + body.readUInt16BE(0);
    const topic = body.toString('utf8', 2, end);
    const payload = body.toString('utf8', end + (qos > 0 ? 2 : 0));
    if (payload === '') this.heard.delete(topic);
    else this.heard.set(topic, payload);
    if (qos > 0) this.socket.write(packet(0x40, body.subarray(end, end + 2)));
  }
}
