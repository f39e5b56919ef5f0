export interface Toast {
  id: number;
  text: string;
  tone: 'done' | 'broken';
  action: ToastAction | undefined;
}

/** What a person may do about it while it is shown, as in “Undo”. */
export interface ToastAction {
  word: string;
  run: () => void;
}

const shownFor = 5_000;
/** Long enough to notice a mistake, read the words and reach the button. */
const shownWithAction = 12_000;

class Toasts {
  list = $state<Toast[]>([]);
  #last = 0;

  done(text: string, action?: ToastAction): void {
    this.#add(text, 'done', action);
  }

  /** Stays until it is closed: what failed must be readable. */
  broken(text: string): void {
    this.#add(text, 'broken');
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #add(text: string, tone: Toast['tone'], action?: ToastAction): void {
    const id = ++this.#last;
    this.list = [...this.list.slice(-2), { id, text, tone, action }];
    if (tone === 'done') setTimeout(() => this.close(id), action ? shownWithAction : shownFor);
  }
}

export const toasts = new Toasts();
