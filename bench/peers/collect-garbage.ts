import { readFileSync } from 'node:fs';

const port = 9229;

/**
 * Has a Node process of ours collect its garbage, as the soak does in its page: what V8 has not got round to yet is no leak, and hides one. Opens the
 * process's inspector on loopback by signal, asks, and closes it again. One process at a time: they share the port.
 */
export async function collectGarbage(pid: number): Promise<void> {
  process.kill(pid, 'SIGUSR1');
  const address = await inspectorOf(pid);
  const socket = new WebSocket(address);
  await new Promise<void>((done, failed) => {
    socket.addEventListener('open', () => done());
    socket.addEventListener('error', () => failed(new Error(`the inspector of ${pid} cannot be reached`)));
  });
  const ask = (id: number, method: string, params: object = {}) =>
    new Promise<void>((done) => {
      const hear = ({ data }: MessageEvent) => {
        if ((JSON.parse(String(data)) as { id?: number }).id !== id) return;
        socket.removeEventListener('message', hear);
        done();
      };
      socket.addEventListener('message', hear);
      socket.send(JSON.stringify({ id, method, params }));
    });
  await ask(1, 'HeapProfiler.collectGarbage');
  const closed = new Promise<void>((done) => socket.addEventListener('close', () => done()));
  void ask(2, 'Runtime.evaluate', { expression: 'setImmediate(() => process.getBuiltinModule("inspector").close())' });
  await closed;
}

/** The address of its inspector, as soon as it listens. */
async function inspectorOf(pid: number): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      const targets = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { title: string; webSocketDebuggerUrl: string }[];
      const ours = targets.find(({ title }) => title.includes(`[${pid}]`)) ?? targets[0];
      if (ours) return ours.webSocketDebuggerUrl;
    } catch {
      // not yet
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`no inspector of ${pid}: ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`);
}
