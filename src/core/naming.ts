/** `leaky_relu`, `LeakyReLU`, `leakyRelu` → `leaky_relu`: Keras' rule for names made from class names. */
export function snakeCase(name: string): string {
  return name
    .replaceAll(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
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
