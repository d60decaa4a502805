import type { DeviceInfo } from '../native/binding.js';
import { Program } from './program.js';

/**
 * The devices graphs can run on.
 *
 * @example
 * devices();   // [{ name: '/job:localhost/replica:0/task:0/device:CPU:0', type: 'CPU', memory: … }]
 */
export function devices(): DeviceInfo[] {
  using program = new Program({ seed: 0 });
  return program.session.devices();
}
