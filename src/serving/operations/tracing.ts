import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { packageVersion } from '../../core/version.js';
import type { Batch, RequestInfo, Target } from '../observer.js';

export interface TracingOptions {
  /**
   * Whether requests are traced with OpenTelemetry: a span for the request, and for its waiting and its run within. `true`
   * takes the provider your SDK registered. Default false.
   */
  tracing?: boolean | TracerProvider;
}

/** A span, and the context that makes others its children. */
export interface TracedRequest {
  readonly span: Span;
  readonly context: Context;
}

/** Spans of OpenTelemetry; who exports them is the user's SDK. */
export class Tracing {
  readonly #tracer: Tracer;

  constructor(provider?: TracerProvider) {
    this.#tracer = (provider ?? trace).getTracer('libtensorflow-node', packageVersion);
  }

  /** Goes on with the caller's trace where the headers name one (`traceparent`). */
  request(info: RequestInfo, id: string): TracedRequest {
    const parent = propagation.extract(ROOT_CONTEXT, info, {
      get: ({ header }, name) => header(name.toLowerCase()),
      keys: () => [],
    });
    const attributes = { 'rpc.system': info.api, 'rpc.method': info.method, 'request.id': id };
    const span = this.#tracer.startSpan(`${info.api} ${info.method}`, { kind: SpanKind.SERVER, attributes }, parent);
    return { span, context: trace.setSpan(parent, span) };
  }

  queue({ context }: TracedRequest, target: Target): Span {
    return this.#tracer.startSpan('queue', { attributes: attributesOf(target) }, context);
  }

  run({ context }: TracedRequest, target: Target, { rows, padding }: Batch): Span {
    const attributes = { ...attributesOf(target), 'batch.rows': rows, 'batch.padding': padding };
    return this.#tracer.startSpan('run', { attributes }, context);
  }

  end({ span }: TracedRequest, target: Target | undefined, code: string): void {
    if (target) span.setAttributes(attributesOf(target));
    span.setAttribute('rpc.status', code);
    if (code !== 'OK') span.setStatus({ code: SpanStatusCode.ERROR, message: code });
    span.end();
  }

  /** Spans that the work starts are the request's children, where the SDK has a context manager. */
  within<T>({ context: own }: TracedRequest, work: () => T): T {
    return context.with(own, work);
  }
}

function attributesOf({ model, version, signature }: Target) {
  return { 'model.name': model, 'model.version': version, 'model.signature': signature };
}
