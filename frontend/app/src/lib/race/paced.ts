/** Runs `job` at once, and at most every `ms` after that: what was asked for meanwhile runs once, at the end of the pause. */
export function paced(job: () => void, ms: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  const run = () => {
    if (timer !== undefined) {
      again = true;
      return;
    }
    job();
    timer = setTimeout(() => {
      timer = undefined;
      if (again) {
        again = false;
        run();
      }
    }, ms);
  };
  return { run, stop: () => clearTimeout(timer) };
}
