/** A refusal as a person should read it: what, where (`path`), what would be right (`hint`). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly path: string | undefined;
  readonly hint: string | undefined;
  /** How what was asked about stands now, where the refusal told it. */
  readonly state: unknown;

  constructor(
    status: number,
    code: string,
    message: string,
    path?: string | null,
    hint?: string | null,
    state?: unknown,
  ) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.path = path ?? undefined;
    this.hint = hint ?? undefined;
    this.state = state;
  }

  /** Nothing answered: the server is down, or the network between. */
  get offline(): boolean {
    return this.status === 0;
  }
}

/** Reads `{"error":{code,message,path?,hint?},"state"?}`; anything else (a proxy's page, an empty body) still becomes a Problem. */
export function problemFrom(status: number, body: unknown): Problem {
  const error = isRecord(body) && isRecord(body.error) ? body.error : {};
  return new Problem(
    status,
    text(error.code) ?? `http_${status}`,
    text(error.message) ?? `HTTP ${status}`,
    text(error.path),
    text(error.hint),
    isRecord(body) ? body.state : undefined,
  );
}

/** Whatever was thrown, as a Problem. `fetch` throws a TypeError when nobody answers. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof TypeError) return new Problem(0, 'offline', thrown.message);
  return new Problem(-1, 'app', thrown instanceof Error ? thrown.message : String(thrown));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
