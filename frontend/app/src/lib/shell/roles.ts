import type { Role } from '$lib/api/types';
import type { Key } from '$lib/i18n/i18n.svelte';

export const roles: Role[] = ['viewer', 'editor', 'restreamer', 'admin'];

export const roleNames: Record<Role, Key> = {
  viewer: 'app.role.viewer',
  editor: 'app.role.editor',
  restreamer: 'app.role.restreamer',
  admin: 'app.role.admin',
};

/** What each role may do, in one line. */
export const roleMeanings: Record<Role, Key> = {
  viewer: 'app.role.viewer.may',
  editor: 'app.role.editor.may',
  restreamer: 'app.role.restreamer.may',
  admin: 'app.role.admin.may',
};
