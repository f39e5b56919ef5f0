// Sending a package with its progress, which `fetch` does not tell: the one request of the app that goes another way.

import { Problem, problemFrom } from '$lib/api/problem';
import type { Plugin } from '$lib/api/types';

export interface Progress {
  sent: number;
  total: number;
}

/** Whether a dropped file can be a package at all, so that a picture dropped by mistake is not sent. */
export const isPackage = (file: Pick<File, 'name' | 'type'>): boolean =>
  /\.zip$/i.test(file.name) || /zip/.test(file.type);

/** Installs a package. Rejects with the server's refusal, or when `signal` ends it. */
export function install(file: Blob, progress: (now: Progress) => void, signal: AbortSignal): Promise<Plugin> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/plugins');
    request.setRequestHeader('Content-Type', 'application/zip');
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => progress({ sent: loaded, total });
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as Plugin);
      else reject(problemFrom(request.status, request.response));
    };
    request.onerror = () => reject(new Problem(0, 'offline', 'the connection broke'));
    request.onabort = () => reject(new Problem(-1, 'aborted', 'cancelled'));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
