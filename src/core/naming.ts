/** `leaky_relu`, `LeakyReLU`, `leakyRelu` → `leaky_relu`: Keras' rule for names made from class names. */
export function snakeCase(name: string): string {
  return name
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** `kernel_size` → `kernelSize`; what is camelCase already stays. */
export function camelCase(name: string): string {
  return name.replaceAll(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** What names have in common when case and underscores do not count: `valAcc`, `val_acc` → `valacc`. */
export function plainName(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

/** A name the library accepts for a node: letters, digits and `_ . \ / -`, the first a letter, a digit or a point. */
export function nodeName(text: string): string {
  return text.replaceAll(/[^\w.\\/-]/g, '_').replace(/^(?![A-Za-z0-9.])/, '.');
}

const used = new Map<string, number>();

/** The base itself first, then `base_1`, `base_2` …, as Keras numbers its layers. */
export function autoName(base: string): string {
  const count = used.get(base) ?? 0;
  used.set(base, count + 1);
  return count === 0 ? base : `${base}_${count}`;
}

/** Starts automatic names anew, as in a fresh session. */
export function resetNames(): void {
  used.clear();
}
