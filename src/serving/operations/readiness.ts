/** Whether a server wants requests. */
export class Readiness {
  #state: 'starting' | 'ready' | 'draining' = 'starting';

  /** False before the models are loaded, and once the server begins to close. */
  get isReady(): boolean {
    return this.#state === 'ready';
  }

  /** Whether connections are to be given up after their answers. */
  get isDraining(): boolean {
    return this.#state === 'draining';
  }

  start(): void {
    this.#state = 'ready';
  }

  drain(): void {
    this.#state = 'draining';
  }
}
