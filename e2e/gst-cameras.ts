import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Debian's Python, which has GStreamer's bindings; another Python on the path may not. */
const python = ['/usr/bin/python3'].find(existsSync) ?? null;
const needs = `
import gi
gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0')
from gi.repository import Gst, GstRtspServer
Gst.init(None)
import sys
sys.exit(any(Gst.ElementFactory.find(n) is None for n in ('x264enc', 'x265enc', 'clockoverlay', 'rtph264pay', 'rtph265pay', 'voaacenc')))
`;

/** Whether GStreamer's RTSP server and what its cameras are made of are installed. */
export const hasGstCameras = python !== null && spawnSync(python, ['-c', needs], { stdio: 'ignore' }).status === 0;

/** A real RTSP server with live cameras: `main`, `sub`, `aac`, `reordered`, `h265`, `udp`, `locked` (camera / Qu1et:harb@ur). */
export interface GstCameras {
  readonly port: number;
  url(mount: string): string;
  /** Connections now, and in all since it started. */
  readonly connections: { readonly now: number; readonly all: number };
  /** As a camera that loses its power. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** `port` 0 takes any free one; a camera that comes back keeps its port. */
export async function startGstCameras(port = 0): Promise<GstCameras> {
  const child = spawn(python!, [join(import.meta.dirname, 'gst-cameras.py'), '--port', String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((done) => child.on('exit', () => done()));
  let connections = { now: 0, all: 0 };
  const listening = Promise.withResolvers<number>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = JSON.parse(line) as { listening?: number; now?: number; all?: number };
    if (said.listening !== undefined) listening.resolve(said.listening);
    else connections = { now: said.now ?? 0, all: said.all ?? 0 };
  });
  void exited.then(() => listening.reject(new Error('the RTSP server did not start')));
  const bound = await listening.promise;
  return {
    port: bound,
    url: (mount) => `rtsp://127.0.0.1:${bound}/${mount}`,
    get connections() {
      return connections;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.stdin.end();
      const late = setTimeout(() => child.kill('SIGKILL'), 5000);
      await exited;
      clearTimeout(late);
    },
  };
}
