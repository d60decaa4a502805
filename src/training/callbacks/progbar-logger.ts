import type { SingleBar } from 'cli-progress';
import { isElement } from '../logged-values.js';
import { Callback, type Logs } from './callback.js';

/**
 * Keras' progress bar: one line per epoch, redrawn ten times a second on a terminal. `verbose` 2 prints a finished line
 * per epoch instead.
 */
export class ProgbarLogger extends Callback {
  #bar: SingleBar | undefined;
  #started = 0;
  #steps = 0;

  override async onEpochBegin(epoch: number): Promise<void> {
    this.#started = performance.now();
    this.#steps = 0;
    console.log(`Epoch ${epoch + 1}/${this.params.epochs}`);
    if (this.params.verbose !== 1) return;
    const total = this.params.steps ?? 0;
    const { default: cliProgress } = await import('cli-progress');
    this.#bar = new cliProgress.SingleBar({
      format: (options, { progress, value }, { tail }) => {
        const bar = cliProgress.Format.BarFormat(progress, options);
        return `${String(value).padStart(String(total).length)}/${total || '?'} ${bar} ${tail}`;
      },
      barCompleteChar: '━',
      barIncompleteChar: '─',
      barsize: 20,
      hideCursor: true,
      linewrap: false,
    });
    this.#bar.start(total, 0, { tail: '' });
  }

  override onProgress(step: number, logs: Logs): void {
    this.#steps = step;
    this.#bar?.update(step, { tail: this.#tail(step, logs) });
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    const steps = this.params.steps ?? this.#steps;
    const tail = this.#tail(steps, logs);
    if (this.#bar) {
      this.#bar.update(steps, { tail });
      this.close();
    } else {
      console.log(`${steps}/${steps} - ${tail}`);
    }
  }

  /** Stops drawing. Why apart from the hooks: a run that fails has no end of an epoch, and a bar would draw on for ever. */
  close(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #tail(step: number, logs: Logs): string {
    const elapsed = performance.now() - this.#started;
    const perStep = step > 0 ? ` ${formatMilliseconds(elapsed / step)}/step` : '';
    return [`${Math.round(elapsed / 1000)}s${perStep}`, ...formatLogs(logs)].join(' - ');
  }
}

/** `accuracy: 0.3512`, `loss: 1.7204` …; of a vector only the mean. */
export function formatLogs(logs: Logs): string[] {
  const shown = Object.entries(logs).filter(([name]) => !isElement(name));
  return shown.map(([name, value]) => {
    const text = Math.abs(value) > 1e-3 || value === 0 ? value.toFixed(4) : value.toExponential(4);
    return `${name}: ${text}`;
  });
}

function formatMilliseconds(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)}s`;
  return ms >= 10 ? `${Math.round(ms)}ms` : `${ms.toFixed(1)}ms`;
}
