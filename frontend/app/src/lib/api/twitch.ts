import { call } from './pending';

/** Which sign-ins this server is set up for, besides name and password. */
export const listProviders = () => call<{ twitch: boolean }>('GET', '/api/auth/providers');
export const unlinkTwitch = () => call<undefined>('POST', '/api/auth/unlink/twitch', {});

/** Where a browser goes to sign in with Twitch; it comes back to `next`, a path of this server. */
export const twitchSignIn = (next: string) => `/api/auth/twitch?next=${encodeURIComponent(next)}`;
export const twitchLink = (next: string) => `/api/auth/twitch?link=1&next=${encodeURIComponent(next)}`;
