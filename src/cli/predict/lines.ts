import { createReadStream } from 'node:fs';

const [NEWLINE, RETURN, SPACE, TAB] = [10, 13, 32, 9];

/** Lines of a file that are not empty; read in pieces. */
export async function countLines(file: string): Promise<number> {
  let count = 0;
  let empty = true;
  for await (const piece of createReadStream(file)) {
    for (const byte of piece as Buffer) {
      if (byte === NEWLINE) empty = true;
      else if (empty && byte !== RETURN && byte !== SPACE && byte !== TAB) {
        empty = false;
        count++;
      }
    }
  }
  return count;
}
