import type { RecordReader } from '../feed-connector.ts';

const parameter = ';topic=';
const topicCharactersAtMost = 512;

/** The content type under which a message of a topic is kept: a journal that is read again must still know which device it came of. */
export const topicType = (contentType: string | null, topic: string): string =>
  `${(contentType ?? 'application/octet-stream').slice(0, 120)}${parameter}${encodeURI(topic.slice(0, topicCharactersAtMost).toWellFormed())}`;

/** Tells the reader the topic of a message as where it came from: many devices name themselves there and nowhere else. */
export function readTopic(reader: RecordReader): RecordReader {
  return {
    name: reader.name,
    read(record) {
      const at = record.contentType?.indexOf(parameter) ?? -1;
      if (record.contentType === null || at < 0) return reader.read(record);
      const contentType = record.contentType.slice(0, at);
      const topic = decodeTopic(record.contentType.slice(at + parameter.length));
      return reader.read({ ...record, contentType: contentType === 'application/octet-stream' ? null : contentType, from: topic });
    },
  };
}

function decodeTopic(written: string): string {
  try {
    return decodeURI(written);
  } catch {
    return written;
  }
}
