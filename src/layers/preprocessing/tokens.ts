import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';

/** Rows of different lengths: all values, and where each row begins and the last ends, int64 [rows + 1]. */
export interface Tokens {
  readonly values: Output;
  readonly splits: Output;
}

const PUNCTUATION = '[!"#$%&()\\*\\+,-\\./:;<=>?@\\[\\\\\\]^_`{|}~\']';

export const STANDARDS = ['lower_and_strip_punctuation', 'lower', 'strip_punctuation'] as const;
export const SPLITS = ['whitespace', 'character'] as const;

/** Text in lower case, without punctuation, or both. */
export function standardize(text: Output, how: (typeof STANDARDS)[number] | null): Output {
  const lower = how?.startsWith('lower') ? ops.stringLower(text) : text;
  return how?.endsWith('strip_punctuation')
    ? ops.staticRegexReplace(lower, { pattern: PUNCTUATION, rewrite: '' })
    : lower;
}

/** The words, or the characters, of each text `[batch]`. */
export function split(text: Output, by: (typeof SPLITS)[number]): Tokens {
  return by === 'whitespace' ? words(text) : characters(text);
}

function words(text: Output): Tokens {
  const { indices, values } = ops.stringSplitV2(text, ops.constant('', 'string'));
  const rows = ops.squeeze(ops.slice(indices, [0, 0], [-1, 1]), [1]);
  const lengths = ops.unsortedSegmentSum(ops.onesLike(rows), rows, ops.size(text));
  const zero = ops.constant([0n], 'int64');
  return { values, splits: ops.concat([zero, ops.cumsum(lengths, 0)], 0) };
}

function characters(text: Output): Tokens {
  const { rowSplits, charValues } = ops.unicodeDecode(text, { inputEncoding: 'UTF-8' });
  const each = ops.range(0, ops.add(ops.size(charValues), 1));
  const values = ops.unicodeEncode(charValues, ops.cast(each, 'int64'), { outputEncoding: 'UTF-8' });
  return { values, splits: rowSplits };
}

/** Sequences of so many tokens each, with blanks between. */
export function ngrams({ values, splits }: Tokens, widths: readonly number[]): Tokens {
  const { ngrams, ngramsSplits } = ops.stringNGrams(values, splits, {
    separator: ' ',
    ngramWidths: widths,
    leftPad: '',
    rightPad: '',
    padWidth: 0,
    preserveShortSequences: false,
  });
  return { values: ngrams, splits: ngramsSplits };
}

/** Rows of one length: that of the longest, or the one given; zeros fill them up. */
export function padded({ values, splits }: Tokens, length: number | null): Output {
  const shape = ops.constant([-1n, BigInt(length ?? -1)], 'int64');
  const dense = ops.raggedTensorToTensor(shape, values, ops.constant(0n, 'int64'), [splits], {
    rowPartitionTypes: ['ROW_SPLITS'],
  });
  return dense.setShape([null, length]);
}
