/**
 * The one error class of the project. Every error says in one sentence where it happened, what was expected, what
 * came, and the way out; `code` is stable and listed in {@link ERROR_CODES}.
 */
export class TensorFlowError extends Error {
  override readonly name = 'TensorFlowError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Our own codes and what they mean. Errors of the library itself carry `TF_<STATUS>`. */
export const ERROR_CODES = {
  ERR_ADDON_MISSING: 'the native addon is not built or does not load',
  ERR_ARGUMENT: 'an argument has the wrong type or value',
  ERR_BUSY: 'the model is already training',
  ERR_CALLBACK: 'a callback failed',
  ERR_DATA_EMPTY: 'a data source has nothing in it',
  ERR_DATA_PICTURE: 'a picture cannot be read',
  ERR_DISPOSED: 'the object was disposed before',
  ERR_DOWNLOAD: 'a download failed or its checksum is wrong',
  ERR_DTYPE: 'a tensor has the wrong dtype',
  ERR_FILE_FORMAT: 'a file is not of the expected format, or damaged',
  ERR_GRADIENT: 'a gradient does not exist',
  ERR_GRAPH: 'outputs of different graphs or programs were mixed',
  ERR_LABELS: 'labels do not fit the model or the pictures',
  ERR_LIBRARY: 'the libtensorflow library cannot be opened',
  ERR_LIBRARY_MISSING: 'libtensorflow is not on this machine',
  ERR_NAN_LOSS: 'the loss became NaN or infinite',
  ERR_NOT_BUILT: 'a layer or model has no weights yet',
  ERR_NOT_COMPILED: 'the model was not compiled',
  ERR_NOT_READABLE: 'a path cannot be read',
  ERR_NOT_WRITABLE: 'a path cannot be written',
  ERR_ONE_CLASS: 'only one class of pictures was found',
  ERR_PLATFORM: 'the platform is not supported',
  ERR_SHAPE: 'a shape does not fit',
  ERR_UNKNOWN_NAME: 'there is nothing of that name',
} as const;

/** The sentence of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether libtensorflow itself says it, which does not know for what it was asked. */
export function isLibraryError(error: unknown): boolean {
  return codeOf(error)?.startsWith('TF_') ?? false;
}

/** The stable code of any thrown value, or undefined. */
export function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
