import { asProblem, type Problem } from '$lib/api/problem';
import { sentence } from '$lib/api/fields';
import { toasts } from '$lib/state/toasts.svelte';

/** One thing at a time: what a button began, and why the last one failed. */
export class Work {
  /** The name of what is under way. */
  busy = $state<string | undefined>();
  problem = $state.raw<Problem | undefined>();

  /** Runs `job`; false where it failed, which `problem` then tells. */
  run = async (name: string, job: () => Promise<void>): Promise<boolean> => {
    if (this.busy !== undefined) return false;
    this.busy = name;
    this.problem = undefined;
    try {
      await job();
      return true;
    } catch (thrown) {
      this.problem = asProblem(thrown);
      return false;
    } finally {
      this.busy = undefined;
    }
  };
}

/** Runs `job` where there is no place to show a refusal but a toast. */
export async function attempt(job: () => Promise<void>): Promise<void> {
  try {
    await job();
  } catch (thrown) {
    toasts.broken(sentence(asProblem(thrown)));
  }
}
