const PATH = /(?<![\w.)}\]:-])(?:\/[\w.@+ -]+){2,}|\b[A-Z]:\\[\w.\\ -]+/g;

/** A message without the names of this machine's files, which are no client's business. */
export function withoutPaths(message: string): string {
  return message.replaceAll(PATH, '<path>');
}
