// The client id of a game that a person plays with, which they point out themselves: games do not say whose they are.

const keyOf = (user: string) => `regie.lobby.game.${user}`;

class Game {
  id = $state<string | undefined>();
  #user = '';

  /** What this person said on this device. */
  start(user: string): void {
    this.#user = user;
    this.id = localStorage.getItem(keyOf(user)) ?? undefined;
  }

  choose(id: string | undefined): void {
    this.id = id;
    if (id === undefined) localStorage.removeItem(keyOf(this.#user));
    else localStorage.setItem(keyOf(this.#user), id);
  }
}

export const game = new Game();
