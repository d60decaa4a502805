/** Six digits where they are enough, else nine, which always are: no noise of the double behind it. */
export function float32Text(value: number): string {
  // Why: toPrecision drops the sign of a zero.
  if (value === 0) return decimalText(value);
  const short = Number(value.toPrecision(6));
  return decimalText(Math.fround(short) === value ? short : Number(value.toPrecision(9)));
}

/** A whole number keeps its point, so that readers see it is none of an integer type. */
export function decimalText(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

/**
 * Nested lists of floats of 32 bits as JSON, each as {@link float32Text} writes it.
 *
 * Why not with it: a string for each number and each list takes ten times as long.
 *
 * @param shape of what is written, which begins at element `offset`
 */
export function float32ListText(data: Float32Array, shape: readonly number[], offset: number): string {
  const writer = new Writer();
  writer.list(data, shape, 0, offset);
  return writer.text();
}

/** Magnitudes that are written here: others have exponents, or six digits that are a multiple of a power of ten. */
const [LEAST, MOST] = [1e-5, 1e6];
const POWERS = Array.from({ length: 15 }, (_, i) => 10 ** i);
/** Characters of a number, at most, with what stands around it. */
const WIDTH = 40;
const CODE = { zero: 48, point: 46, minus: 45, comma: 44, space: 32, open: 91, close: 93 };

class Writer {
  #bytes = Buffer.allocUnsafe(1024);
  #at = 0;

  text(): string {
    return this.#bytes.toString('latin1', 0, this.#at);
  }

  /** Gives the place behind the last element. */
  list(data: Float32Array, shape: readonly number[], axis: number, offset: number): number {
    if (axis === shape.length) {
      this.#number(data[offset] ?? 0);
      return offset + 1;
    }
    const length = shape[axis] ?? 0;
    const isLast = axis === shape.length - 1;
    this.#reserve((isLast ? length + 1 : 1) * WIDTH);
    this.#put(CODE.open);
    let next = offset;
    for (let i = 0; i < length; i++) {
      if (i > 0) {
        this.#put(CODE.comma);
        this.#put(CODE.space);
      }
      if (isLast) this.#number(data[next++] ?? 0);
      else next = this.list(data, shape, axis + 1, next);
    }
    this.#put(CODE.close);
    return next;
  }

  #reserve(size: number): void {
    // Why the width: brackets and commas of the lists around have room too.
    if (this.#at + size + WIDTH <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + size + WIDTH));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }

  #put(code: number): void {
    this.#bytes[this.#at++] = code;
  }

  #number(value: number): void {
    const size = Math.abs(value);
    const digits = size >= LEAST && size < MOST && digitsOf(size);
    if (!digits) {
      this.#at += this.#bytes.write(float32Text(value), this.#at, 'latin1');
      return;
    }
    if (value < 0) this.#put(CODE.minus);
    this.#decimal(digits.count, digits.scale);
  }

  /** `count` / 10 ^ `scale`. */
  #decimal(count: number, scale: number): void {
    const unit = POWERS[scale] ?? 1;
    const whole = Math.floor(count / unit);
    this.#whole(whole);
    this.#put(CODE.point);
    let [rest, places] = [count - whole * unit, Math.max(scale, 1)];
    while (places > 1 && rest % 10 === 0) {
      rest /= 10;
      places--;
    }
    this.#places(rest, places);
  }

  #whole(value: number): void {
    let places = 1;
    while (value >= (POWERS[places] ?? 0)) places++;
    this.#places(value, places);
  }

  /** Digits of a number below 2 ^ 31, with zeros in front. */
  #places(value: number, places: number): void {
    let rest = value | 0;
    for (let at = this.#at + places - 1; at >= this.#at; at--) {
      const tenth = (rest / 10) | 0;
      this.#bytes[at] = CODE.zero + rest - tenth * 10;
      rest = tenth;
    }
    this.#at += places;
  }
}

/** The digits of {@link float32Text}, as a whole number and the places behind its point; undefined where it is to tell. */
function digitsOf(size: number): { count: number; scale: number } | undefined {
  const exponent = exponentOf(size);
  const scale = 5 - exponent;
  const unit = POWERS[scale] ?? 1;
  const count = Math.round(size * unit);
  if (Math.fround(count / unit) === size) return { count, scale };
  const exact = size * (POWERS[scale + 3] ?? 1);
  // Why: the product is rounded, which may turn a number about half-way between two others.
  if (Math.abs(exact - Math.floor(exact) - 0.5) < 1e-6) return undefined;
  return { count: Math.round(exact), scale: scale + 3 };
}

/** That of the greatest power of ten that is not greater. */
function exponentOf(size: number): number {
  let exponent = 0;
  while (size >= (POWERS[exponent + 1] ?? 0)) exponent++;
  while (size * (POWERS[-exponent] ?? 1) < 1) exponent--;
  return exponent;
}
