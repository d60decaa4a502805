import cliProgress from 'cli-progress';

export interface CountingBar {
  update(progress: { readonly done: number; readonly total: number }): void;
  stop(): void;
}

/** A progress bar on a terminal, nothing elsewhere. */
export function countingBar(what: string): CountingBar {
  if (!process.stdout.isTTY) return { update: () => {}, stop: () => {} };
  const bar = new cliProgress.SingleBar({
    format: `{value}/{total} ${what} {bar} {eta}s`,
    barsize: 30,
    hideCursor: true,
  });
  let started = false;
  return {
    update: ({ done, total }) => {
      if (!started) bar.start(total, 0);
      started = true;
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
