/** The package's `install` script: libtensorflow is found or fetched, and the addon built where none is there. */
import { buildAddon } from './build.mjs';
import { fetchLibrary } from './fetch.mjs';
import { findLibrary, LibraryError } from './find.mjs';

const log = (line) => console.log(`libtensorflow-node: ${line}`);

try {
  const library = findLibrary() ?? (await fetchLibrary({ log }));
  log(`libtensorflow in ${library.directory} (${library.source})`);
  log(buildAddon(library) ? 'addon built' : 'addon is already there');
} catch (error) {
  if (!(error instanceof LibraryError)) throw error;
  console.error(`libtensorflow-node: ${error.message}`);
  process.exitCode = 1;
}
