// A game that knows nothing of the host: it reads the retained state of a session, changes it and writes it back.
import { Mqtt } from './mqtt.js';

interface State {
  session_id: string;
  connected_instances: string[];
  version: number;
  last_updated: string;
  last_heartbeat: string;
}

/** As games write times: by their own clock, without an offset. */
function naive(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, -1);
}

const topicOf = (session: string) => `session_state/${session}`;

export class Peer {
  private beats: ReturnType<typeof setInterval>[] = [];

  private constructor(private readonly mqtt: Mqtt) {}

  static async connect(url: string, clientId: string): Promise<Peer> {
    const mqtt = await Mqtt.connect(url, clientId);
    await mqtt.subscribe('session_state/+');
    return new Peer(mqtt);
  }

  get id(): string {
    return this.mqtt.clientId;
  }

  /** `beats`: whether it gives signs of life as games do; without, it is taken for gone after a while. */
  async create(session: string, model: string, min: number, max: number, beats = true): Promise<void> {
    const at = naive();
    await this.write(session, {
      session_id: session,
      creator_client_id: this.id,
      model_name: model,
      state: 'open',
      connected_instances: [this.id],
      num_players_min: min,
      num_players_max: max,
      created_at: at,
      last_updated: at,
      last_heartbeat: at,
      version: 1,
    });
    if (!beats) return;
    this.live(session);
    this.every(5000, () => this.rewrite(session, (state) => ({ ...state, last_heartbeat: naive() })));
  }

  async join(session: string): Promise<void> {
    await this.change(session, (ids) => [...ids, this.id]);
    this.live(session);
  }

  async leave(session: string): Promise<void> {
    this.silent();
    await this.change(session, (ids) => ids.filter((id) => id !== this.id));
  }

  /** What it knows of a session. */
  async seen(session: string): Promise<State> {
    for (let tries = 0; tries < 400; tries++) {
      const text = this.mqtt.heard.get(topicOf(session));
      if (text !== undefined) return JSON.parse(text) as State;
      await new Promise((resume) => setTimeout(resume, 10));
    }
    throw new Error(`${this.id} heard nothing of ${session}`);
  }

  close(): void {
    this.silent();
    this.mqtt.close();
  }

  private live(session: string): void {
    const sign = () =>
      this.mqtt.publish(
        `${session}/session_seed_sync`,
        { seed: 7, clientId: this.id, is_leader: false, timestamp: naive() },
        { retain: true },
      );
    void sign();
    this.every(3000, sign);
  }

  private every(ms: number, run: () => Promise<void>): void {
    this.beats.push(setInterval(() => void run(), ms));
  }

  private silent(): void {
    for (const beat of this.beats) clearInterval(beat);
    this.beats = [];
  }

  private change(session: string, members: (ids: string[]) => string[]): Promise<void> {
    return this.rewrite(session, (state) => ({
      ...state,
      connected_instances: members(state.connected_instances),
      version: state.version + 1,
      last_updated: naive(),
    }));
  }

  private async rewrite(session: string, change: (state: State) => State): Promise<void> {
    await this.write(session, change(await this.seen(session)));
  }

  private write(session: string, state: object): Promise<void> {
    return this.mqtt.publish(topicOf(session), state, { retain: true });
  }
}
