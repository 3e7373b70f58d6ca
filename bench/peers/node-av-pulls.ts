import { Demuxer } from 'node-av';

/**
 * The peer of the relay benchmark: one process that pulls every URL on its command line with FFmpeg's demuxer and drops the packets.
 * Prints one line, `{"pulling":N}`, when each has given its first packet. Ends with its standard input.
 */
const urls = process.argv.slice(2);
let started = 0;

async function pull(url: string): Promise<void> {
  const input = await Demuxer.open(url, { options: { rtsp_transport: 'tcp', analyzeduration: 0, probesize: 32, fpsprobesize: 0 } });
  let first = true;
  for await (const packet of input.packets()) {
    packet?.free();
    if (!first) continue;
    first = false;
    started += 1;
    if (started === urls.length) process.stdout.write(`${JSON.stringify({ pulling: started })}\n`);
  }
}

process.stdin.resume().on('end', () => process.exit(0));
for (const url of urls) pull(url).catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
