import { onSignedOut } from '$lib/api/client';
import { i18n } from '$lib/i18n/i18n.svelte';
import { session } from '$lib/state/session.svelte';
import { shortcuts } from '$lib/state/shortcuts.svelte';
import { theme } from '$lib/state/theme.svelte';
import type { LayoutLoad } from './$types';

// The server is Rust: it serves files and the API, and renders nothing of this app.
export const ssr = false;
export const prerender = false;

export const load: LayoutLoad = async () => {
  theme.start();
  shortcuts.start();
  onSignedOut(() => (session.user = null));
  await Promise.all([i18n.start(), session.load()]);
};
