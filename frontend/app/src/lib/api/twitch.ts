import { api, ok } from './client';

/** Which sign-ins this server is set up for, besides name and password. */
export const listProviders = () => ok(api.GET('/api/auth/providers'));
export const unlinkTwitch = () => ok(api.POST('/api/auth/unlink/twitch'));

/** Where a browser goes to sign in with Twitch; it comes back to `next`, a path of this server. */
export const twitchSignIn = (next: string) => `/api/auth/twitch?next=${encodeURIComponent(next)}`;
export const twitchLink = (next: string) => `/api/auth/twitch?link=1&next=${encodeURIComponent(next)}`;
