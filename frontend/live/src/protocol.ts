/** What crosses the `/live` WebSocket, one JSON object a message. */

/** A topic as this page wants it: `null` fields are left out. */
export interface Want {
  topic: string;
  as: 'html';
  surface: string;
  slot?: number;
  locale?: string;
  key?: string;
  delay?: number;
  etag?: string;
}

/** `{"error":{…}}` of every refusal; a bare text is taken as its message. */
export type Fault = string | { code?: string; message?: string; path?: string; hint?: string };

/** A picture of a topic, that it has not changed, or why there is none. Names the variant as it was asked for. */
export interface TopicFrame {
  topic: string;
  surface?: string | null;
  slot?: number | null;
  locale?: string | null;
  delay?: number | null;
  etag?: string;
  version?: number;
  html?: string;
  /** Of a topic that was asked for as `state`. */
  state?: Json;
  /** The plugin's stylesheets, where they changed since the page was written. */
  css?: string[];
  /** Nothing changed since the etag that was echoed. */
  current?: boolean;
  error?: Fault;
}

export interface DoneFrame {
  done: string;
  version?: number;
  error?: Fault;
}

export interface ErrorFrame {
  error: Fault;
}

/** An operator wants the page loaded again. */
export interface ReloadFrame {
  reload: true;
}

export type Frame = TopicFrame | DoneFrame | ErrorFrame | ReloadFrame | { beat: unknown };

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

export interface Do {
  topic: string;
  /** UUIDv7; the same key is answered once, however often it is sent. */
  key: string;
  base_version?: number;
  action: Json;
}

/** What a person reads of a refusal. */
export function faultText(fault: Fault): string {
  if (typeof fault === 'string') return fault;
  return [fault.message ?? fault.code ?? '', fault.hint ?? ''].filter(Boolean).join(' — ');
}
