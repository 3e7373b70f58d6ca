import { WebSocket } from 'ws';
import { decodeRecord, encodeAsk, type FetchRecord } from '../../streams/wire/fetch-record.ts';

/**
 * Viewers of the relay as pages are: low-latency HLS over one WebSocket for nine of them, each with a playlist request held open and
 * every part fetched. Reads `{"origin","viewers":[{hls,socket}]}` from standard input, one line; prints `{"viewing":N}` when each has
 * got its first part, then `{"bytes":N}` once a second. Ends when standard input does.
 */
interface Offer {
  readonly hls: string;
  readonly socket: string;
}

const perSocket = 9;
let bytes = 0;
let viewing = 0;

interface Fetcher {
  get(path: string): Promise<FetchRecord>;
}

async function openSocket(url: string, origin: string): Promise<Fetcher> {
  const socket = new WebSocket(url, { origin });
  const waiting = new Map<number, (record: FetchRecord) => void>();
  await new Promise<void>((done, failed) => {
    socket.on('open', done);
    socket.on('error', failed);
  });
  socket.on('message', (data: Buffer) => {
    const record = decodeRecord(data);
    if (!record.ok) throw new Error(record.error);
    bytes += data.length;
    waiting.get(record.value.id)?.(record.value);
    waiting.delete(record.value.id);
  });
  socket.on('close', (code) => {
    process.stderr.write(`the relay closed a socket: ${code}\n`);
    process.exit(1);
  });
  let last = 0;
  return {
    get(path) {
      last += 1;
      const id = last;
      const answer = new Promise<FetchRecord>((done) => waiting.set(id, done));
      socket.send(encodeAsk({ op: 'get', id, path }));
      return answer;
    },
  };
}

async function view(fetcher: Fetcher, hls: string, count: number): Promise<void> {
  const { pathname, search } = new URL(hls);
  const text = (record: FetchRecord) => Buffer.from(record.body).toString();
  const opened = await fetcher.get(pathname + search);
  const master = text(opened);
  if (opened.status !== 200) {
    process.stderr.write(`a viewer was refused: ${master}\n`);
    process.exit(1);
  }
  const media = master.split('\n').find((line) => line !== '' && !line.startsWith('#'));
  if (media === undefined) throw new Error(`no playlist: ${master.slice(0, 200)}`);
  const folder = media.slice(0, media.lastIndexOf('/') + 1);
  const seen = new Set<string>();
  let first = true;
  let next = '';
  for (;;) {
    const playlist = text(await fetcher.get(media + next));
    const parts = [...playlist.matchAll(/#EXT-X-PART:.*?URI="([^"]+)"/g)].map((match) => match[1]!);
    const fresh = first ? parts.slice(-1) : parts.filter((part) => !seen.has(part));
    parts.forEach((part) => seen.add(part));
    if (seen.size > 400) for (const part of [...seen].slice(0, 200)) seen.delete(part);
    for (const part of fresh) await fetcher.get(part.startsWith('/') ? part : folder + part);
    if (first && fresh.length > 0) {
      first = false;
      viewing += 1;
      if (viewing === count) process.stdout.write(`${JSON.stringify({ viewing })}\n`);
    }
    const hint = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="[^"]*p(\d+)\.(\d+)\.m4s"/.exec(playlist);
    next = hint ? `?_HLS_msn=${hint[1]}&_HLS_part=${hint[2]}` : '';
  }
}

const chunks: Buffer[] = [];
process.stdin.on('data', (chunk: Buffer) => {
  chunks.push(chunk);
  if (!chunk.includes(10)) return;
  const { origin, viewers } = JSON.parse(Buffer.concat(chunks).toString()) as { origin: string; viewers: Offer[] };
  chunks.length = 0;
  for (let at = 0; at < viewers.length; at += perSocket) {
    const group = viewers.slice(at, at + perSocket);
    void openSocket(group[0]!.socket, origin).then((fetcher) => group.forEach(({ hls }) => void view(fetcher, hls, viewers.length)));
  }
  setInterval(() => process.stdout.write(`${JSON.stringify({ bytes })}\n`), 1000);
});
process.stdin.on('end', () => process.exit(0));
