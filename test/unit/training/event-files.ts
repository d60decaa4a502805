import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from '../../../src/proto/codec.js';
import { type Event, EventSchema } from '../../../src/proto/events.js';

/** The events of all files in a folder, file after file. A record is its length, a checksum, the data, a checksum. */
export function eventsIn(folder: string): Event[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const bytes = readFileSync(join(folder, name));
      const events: Event[] = [];
      for (let at = 0; at < bytes.length; ) {
        const size = Number(bytes.readBigUInt64LE(at));
        events.push(decode(EventSchema, bytes.subarray(at + 12, at + 12 + size)));
        at += 16 + size;
      }
      return events;
    });
}

/** Step and value of every scalar, by tag. */
export function scalarsIn(folder: string): Record<string, [number, number][]> {
  const scalars: Record<string, [number, number][]> = {};
  for (const { step, what } of eventsIn(folder)) {
    for (const { tag, value } of what.case === 'summary' ? what.value.value : []) {
      if (value.case !== 'simpleValue') continue;
      scalars[tag] ??= [];
      scalars[tag].push([Number(step), value.value]);
    }
  }
  return scalars;
}

/** Tags of the other summaries: histograms, pictures. */
export function tagsIn(folder: string, kind: 'histo' | 'image'): string[] {
  return eventsIn(folder).flatMap(({ what }) =>
    what.case === 'summary' ? what.value.value.filter(({ value }) => value.case === kind).map(({ tag }) => tag) : [],
  );
}
