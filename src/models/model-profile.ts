import type { Profile, ProfileEvent } from '../core/profile.js';
import { tableLines } from '../core/table.js';
import type { Layer } from '../layers/layer.js';

/** What an operation of a step is for. */
export type Phase = 'forward' | 'backward' | 'update';

const PHASES: readonly Phase[] = ['forward', 'backward', 'update'];

/** Where the time of one layer goes, in µs of a run; operations on several threads overlap. */
export interface LayerTimes {
  /** Name of the layer; of one inside a model, with the model's before it; null: loss, metrics and whatever else. */
  readonly layer: string | null;
  readonly className: string;
  readonly forward: number;
  readonly backward: number;
  readonly update: number;
  /** Part of the time of all operations, 0 … 1. */
  readonly share: number;
}

/** A part of the time with the parts it consists of, as a flame chart shows it. */
export interface Frame {
  readonly name: string;
  /** µs of a run. */
  readonly time: number;
  readonly parts: readonly Frame[];
}

/** Where the time of a model's step goes, layer by layer. Its text is a table. */
export class ModelProfile {
  /** By operation. */
  readonly operations: Profile;
  readonly #layers: readonly NamedLayer[];
  readonly #optimizer: string | undefined;

  /** @internal */
  constructor(operations: Profile, layers: readonly Layer[], optimizer: string | undefined) {
    this.operations = operations;
    this.#layers = leavesOf(layers, '');
    this.#optimizer = optimizer;
  }

  /** One row for each layer that took time, in the model's order; then the rest. */
  get rows(): LayerTimes[] {
    const whole = this.#timeOf(this.operations.events);
    return [...this.#layers, REST].flatMap((layer) => {
      const events = this.operations.events.filter((event) => this.#layerOf(event) === layer);
      if (events.length === 0) return [];
      const [forward = 0, backward = 0, update = 0] = PHASES.map((phase) =>
        this.#timeOf(events.filter((event) => this.#phaseOf(event) === phase)),
      );
      const share = this.#timeOf(events) / whole;
      return [{ layer: layer.path || null, className: layer.className, forward, backward, update, share }];
    });
  }

  /** The step, its phases, their layers, their operations; greatest first. */
  get frames(): Frame {
    const { functionName, events } = this.operations;
    const levels = [
      (event: ProfileEvent) => this.#phaseOf(event) as string,
      (event: ProfileEvent) => this.#layerOf(event).path || REST.className,
      ({ type }: ProfileEvent) => type,
    ];
    return this.#frame(functionName, events, levels);
  }

  /** The table of {@link rows}. */
  toString(): string {
    const rows = this.rows;
    const time = this.#timeOf(this.operations.events);
    const cells = rows.map(({ layer, className, forward, backward, update, share }) => [
      layer ?? '',
      className,
      ...[forward, backward, update].map(Math.round),
      Math.round(share * 1000) / 10,
    ]);
    return [
      `${this.operations.functionName}: ${Math.round(time).toLocaleString('en')} µs of operations a run, ${this.operations.runs} runs`,
      '',
      ...tableLines(['layer', 'class', 'forward µs', 'backward µs', 'update µs', '%'], cells),
    ].join('\n');
  }

  #frame(name: string, events: readonly ProfileEvent[], levels: readonly ((event: ProfileEvent) => string)[]): Frame {
    const [keyOf, ...deeper] = levels;
    const keys = keyOf ? [...new Set(events.map(keyOf))] : [];
    const parts = keys.map((key) =>
      this.#frame(
        key,
        events.filter((event) => keyOf?.(event) === key),
        deeper,
      ),
    );
    return { name, time: this.#timeOf(events), parts: parts.sort((a, b) => b.time - a.time) };
  }

  #timeOf(events: readonly ProfileEvent[]): number {
    return events.reduce((sum, { duration }) => sum + duration, 0) / this.operations.runs;
  }

  #phaseOf({ name }: ProfileEvent): Phase {
    const scopes = name.split('/');
    if (scopes.includes('gradients')) return 'backward';
    return this.#optimizer !== undefined && scopes.includes(this.#optimizer) ? 'update' : 'forward';
  }

  /** Nodes of a layer stand in a scope of its name, inside that of the function, of gradients or of the optimizer. */
  #layerOf({ name }: ProfileEvent): NamedLayer {
    // Why without numbers: a scope that is entered again, by another call of the layer, is numbered.
    const places = [name, name.replaceAll(/_\d+(?=\/)/g, '')].map((place) => `/${place}`);
    // Why by the layer's own name too: weights do not know of the model their layer is in.
    for (const key of ['path', 'name'] as const) {
      for (const place of places) {
        const found = this.#layers.find((layer) => place.includes(`/${layer[key]}/`));
        if (found) return found;
      }
    }
    return REST;
  }
}

interface NamedLayer {
  /** With the names of the models it is in. */
  readonly path: string;
  readonly name: string;
  readonly className: string;
}

const REST: NamedLayer = { path: '', name: '', className: '(loss, metrics, data)' };

function leavesOf(layers: readonly Layer[], prefix: string): NamedLayer[] {
  return layers.flatMap((layer) => {
    const path = `${prefix}${layer.name}`;
    if ('outputLayers' in layer) return leavesOf(layer.sublayers, `${path}/`);
    return [{ path, name: layer.path, className: (layer.constructor as typeof Layer).className }];
  });
}
