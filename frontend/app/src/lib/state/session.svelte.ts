import { api, ok } from '$lib/api/client';
import { asProblem, type Problem } from '$lib/api/problem';
import type { Role, User } from '$lib/api/types';

const rank: Record<Role, number> = { viewer: 0, editor: 1, restreamer: 2, admin: 3 };

/** Whether `has` includes the rights of `needs`. Only hides what would be refused: the server decides. */
export function atLeast(has: Role | undefined, needs: Role): boolean {
  return has !== undefined && rank[has] >= rank[needs];
}

/** The user an answer is, or holds as `user`; null where it is neither. */
export function userIn(answer: User | { user?: User | null }): User | null {
  if ('id' in answer) return answer;
  return ('user' in answer ? answer.user : undefined) ?? null;
}

class Session {
  user = $state.raw<User | null>(null);
  /** Why we could not even ask who we are. */
  problem = $state.raw<Problem | undefined>();

  async load(): Promise<void> {
    try {
      this.user = userIn(await ok(api.GET('/api/auth/me')));
      this.problem = undefined;
    } catch (thrown) {
      const problem = asProblem(thrown);
      this.user = null;
      this.problem = problem.status === 401 ? undefined : problem;
    }
  }

  can(role: Role): boolean {
    return atLeast(this.user?.role, role);
  }

  async login(name: string, password: string): Promise<void> {
    this.user = await ok(api.POST('/api/auth/login', { body: { name, password } }));
  }

  async firstAdmin(token: string, name: string, password: string): Promise<void> {
    this.user = await ok(api.POST('/api/auth/first-admin', { body: { token, name, password } }));
  }

  async logout(): Promise<void> {
    await ok(api.POST('/api/auth/logout'));
    this.user = null;
  }
}

export const session = new Session();
