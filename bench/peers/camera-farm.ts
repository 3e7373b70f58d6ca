import { resolve } from 'node:path';
import { createFakeCamera } from '../../streams/sources/rtsp/fake-camera.ts';
import { readFakeStream } from '../../streams/sources/rtsp/fake-stream.ts';

/**
 * Hundreds of RTSP cameras in one process, in real time: `/farm/camera-<n>` run together, `/cold-0` to `/cold-9` each begin with a key picture
 * when somebody comes. Prints one line, `{"url","kbps"}`, when it listens, on the port that is its
 * only argument if there is one. Ends with its standard input.
 */
const clip = resolve(import.meta.dirname, '..', '..', 'streams', 'demo-city', 'clips', 'square.sub.h264');
const stream = await readFakeStream(clip);
const bytes = stream.units.reduce((sum, unit) => sum + unit.annexB.length, 0);
const cold = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`/cold-${index}`, stream]));
const camera = await createFakeCamera({ streams: { '/farm': stream, ...cold }, port: Number(process.argv[2] ?? 0) });
process.stdout.write(`${JSON.stringify({ url: camera.url(''), kbps: Math.round((bytes * 8000) / stream.durationUs) })}\n`);
process.stdin.resume().on('end', () => void camera.stop().then(() => process.exit(0)));
