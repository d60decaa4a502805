/** Loads, makes a session, runs, closes; what the library prints meanwhile is the test's concern. */
import { busyRun, loadAddon } from './common.mjs';

const { session, callable } = busyRun(loadAddon(), 20);
await callable.run([]);
await session.close();
