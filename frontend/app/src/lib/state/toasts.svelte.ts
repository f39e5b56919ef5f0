export interface Toast {
  id: number;
  text: string;
  tone: 'done' | 'broken';
}

const shownFor = 5_000;

class Toasts {
  list = $state<Toast[]>([]);
  #last = 0;

  done(text: string): void {
    this.#add(text, 'done');
  }

  /** Stays until it is closed: what failed must be readable. */
  broken(text: string): void {
    this.#add(text, 'broken');
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #add(text: string, tone: Toast['tone']): void {
    const id = ++this.#last;
    this.list = [...this.list.slice(-2), { id, text, tone }];
    if (tone === 'done') setTimeout(() => this.close(id), shownFor);
  }
}

export const toasts = new Toasts();
