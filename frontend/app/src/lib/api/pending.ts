import { ok } from './client';

/** A route that the generated schema does not hold yet, through the same door: types by hand, refusals as everywhere. */
export function call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  return ok<T>(send(method, path, body));
}

async function send(method: string, path: string, body: unknown) {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = readJson(text);
  return response.ok ? { data: json as never, response } : { error: json, response };
}

/** Nothing where there is no JSON: an empty body, or a proxy's page. */
function readJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
