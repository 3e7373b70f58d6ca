import { beforeEach, expect, test } from 'vitest';
import { Publishers } from './publishers.ts';
import { FakeClock } from './testdata/fake-clock.ts';

let publishers: Publishers;
let said: string[];
const admit = (keyHash: string, admitted: boolean) => said.push(`${keyHash} ${admitted ? 'may' : 'may not'}`);

beforeEach(() => {
  publishers = new Publishers(new FakeClock());
  said = [];
  publishers.listen({
    publishing: (cameraId, since) => said.push(since === null ? `${cameraId} ended` : `${cameraId} publishes`),
    ingest: (url) => said.push(`ingest ${url}`),
  });
});

const list = (...pairs: [cameraId: string, keyHash: string][]) => pairs.map(([cameraId, keyHash]) => ({ cameraId, keyHash }));

test('a key on the list may publish, any other may not', () => {
  publishers.ingestUp('rtmp://h/live', admit);
  publishers.allow(list(['a', 'ka']));
  publishers.began('ka');
  publishers.began('kx');
  expect(said).toEqual(['ingest rtmp://h/live', 'ka may', 'a publishes', 'kx may not']);
  expect([publishers.isPublishing('ka'), publishers.isPublishing('kx'), publishers.publishing.size]).toEqual([true, false, 1]);
  publishers.ended('ka');
  publishers.ended('ka');
  expect(said.slice(4)).toEqual(['a ended']);
});

test('who comes before a hub has said anything waits for its list', () => {
  publishers.ingestUp('rtmp://h/live', admit);
  publishers.began('ka');
  publishers.began('kx');
  publishers.began('gone');
  publishers.ended('gone');
  expect(said).toEqual(['ingest rtmp://h/live']);
  publishers.allow(list(['a', 'ka'], ['b', 'gone']));
  expect(said.slice(1)).toEqual(['ka may', 'a publishes', 'kx may not']);
});

test('a key that is taken off the list, or given to another camera, is cut off; the others go on', () => {
  publishers.ingestUp('rtmp://h/live', admit);
  publishers.allow(list(['a', 'ka'], ['b', 'kb'], ['c', 'kc']));
  for (const key of ['ka', 'kb', 'kc']) publishers.began(key);
  said.length = 0;
  publishers.allow(list(['b', 'kb'], ['d', 'kc']));
  expect(said).toEqual(['ka may not', 'a ended', 'kc may not', 'c ended']);
  expect([...publishers.publishing.keys()]).toEqual(['b']);
});

test('with the ingest everybody ends; when it is back, everybody is asked about anew', () => {
  publishers.ingestUp('rtmp://h/live', admit);
  publishers.allow(list(['a', 'ka']));
  publishers.began('ka');
  said.length = 0;
  publishers.ingestDown();
  expect(said, 'the camera did not end it').toEqual(['ingest null', 'a ended']);
  publishers.ingestUp('rtmp://h:2/live', admit);
  publishers.began('ka');
  expect(said.slice(2)).toEqual(['ingest rtmp://h:2/live', 'ka may', 'a publishes']);
});

test('those who wait are bounded', () => {
  publishers.ingestUp(null, admit);
  for (let i = 0; i < 1100; i++) publishers.began(`k${i}`);
  expect(said).toHaveLength(1100 - 1024);
});
