// What the server says of the lobby, named by the paths of its OpenAPI document. Times are RFC 3339 in UTC by its clock.

import type { paths } from './schema';
import type { Answer, Body, Item } from './types';

type Sessions = paths['/api/lobby/sessions'];
type List = Answer<Sessions['get'], 200>;

export type Session = Item<List>;
export type SessionState = Session['state'];
export type Member = Session['members'][number];
export type NewSession = Required<Body<Sessions['post']>>;
export type LobbyStatus = Answer<paths['/api/lobby']['get'], 200>;
/** What the live link tells of it. */
export type LobbyPicture = Pick<List, 'items' | 'broker'>;
