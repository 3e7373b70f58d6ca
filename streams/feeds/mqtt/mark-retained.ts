import { ok } from '../../../main/contract/result.ts';
import type { RecordReader } from '../feed-connector.ts';

const parameter = ';retained=true';

/** The content type under which a retained message is kept: a journal that is read again must still know that it was one. */
export const retainedType = (contentType: string | null): string =>
  `${(contentType ?? 'application/octet-stream').slice(0, 100)}${parameter}`;

/**
 * Reads what a broker had kept from before. Such a message is as old as its own time says; one that tells no time may be of last year, so its values are `suspect`, flagged
 * `retained`: shown, and no reason for an alarm.
 */
export function readRetained(reader: RecordReader): RecordReader {
  return {
    name: reader.name,
    read(record) {
      if (record.contentType?.endsWith(parameter) !== true) return reader.read(record);
      const contentType = record.contentType.slice(0, -parameter.length);
      const read = reader.read({ ...record, contentType: contentType === 'application/octet-stream' ? null : contentType });
      if (!read.ok) return read;
      const facts = read.value.facts.map((fact) =>
        fact.kind === 'observation' && fact.at === null && fact.quality === 'good'
          ? { ...fact, quality: 'suspect' as const, flag: fact.flag ?? 'retained' }
          : fact,
      );
      return ok({ ...read.value, facts });
    },
  };
}
