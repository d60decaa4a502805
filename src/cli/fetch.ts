import type { Command } from 'commander';

/** `fetch`: libtensorflow into the per-user cache. */
export function addFetchCommand(program: Command): void {
  program
    .command('fetch')
    .description('fetch libtensorflow into the per-user cache')
    .action(async () => {
      const { fetchLibrary } = await import('../native/library.js');
      const { directory } = await fetchLibrary();
      console.log(`libtensorflow is in ${directory}`);
    });
}
