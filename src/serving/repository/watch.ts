import type { Repository } from './repository.js';

/**
 * Looks again and again at what is on the disk; gives what ends that.
 *
 * Why by asking: file events are lost on network disks, where models often lie, and tell of files, not of whole models.
 */
export function watch(repository: Repository, seconds: number): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let ended = false;
  const wait = (): void => {
    if (ended) return;
    timer = setTimeout(() => {
      running = repository.refresh().then(wait);
    }, seconds * 1000);
    timer.unref();
  };
  wait();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await running;
  };
}
