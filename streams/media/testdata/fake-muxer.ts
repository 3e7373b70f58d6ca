import type { AccessUnit } from '../../contract.ts';
import type { Fragment } from '../hls/hls-stream.ts';
import type { HlsMuxer } from '../hls-output.ts';

/** HLS as the doors see it, without any muxing: every unit is a part, every key picture begins a segment. */
export class FakeMuxer implements HlsMuxer {
  readonly heldBytes = 0;
  readonly #parts: Uint8Array[][] = [];
  readonly #listeners = new Set<() => void>();

  push(unit: AccessUnit): void {
    if (unit.key) this.#parts.push([]);
    this.#parts.at(-1)?.push(unit.annexB);
    for (const listener of this.#listeners) listener();
  }
  get ready(): boolean {
    return this.#parts.length > 0;
  }
  master(mediaUri: string): string {
    return `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${mediaUri}\n`;
  }
  media(): string {
    return `#EXTM3U\n#EXT-X-TARGETDURATION:2\n${this.#parts.map((parts, msn) => `# ${msn}:${parts.length}`).join('\n')}\n`;
  }
  /** A segment is complete only when the next one has begun. */
  position(): { msn: number; part: number } {
    return this.#parts.length === 0 ? { msn: 0, part: 0 } : { msn: this.#parts.length - 1, part: this.#parts.at(-1)!.length };
  }
  has(msn: number, part: number | null): boolean {
    const parts = this.#parts[msn];
    return parts !== undefined && (part === null ? msn < this.#parts.length - 1 : part < parts.length);
  }
  resource(name: string): { bytes: Uint8Array; contentType: string } | undefined {
    const [, msn, part] = /^p(\d+)\.(\d+)\.m4s$/.exec(name) ?? [];
    const bytes = name === 'init-1.mp4' ? Uint8Array.of(1) : this.#parts[Number(msn)]?.[Number(part)];
    return bytes && { bytes, contentType: 'video/mp4' };
  }
  fragment(msn: number, part: number): Fragment | undefined {
    const bytes = this.#parts[msn]?.[part];
    return (
      bytes && { bytes, key: part === 0, startUs: msn * 1_000_000, receivedAtMs: 7, init: { name: 'init-1.mp4', bytes: Uint8Array.of(1) } }
    );
  }
  described(): { video: string; width: number; height: number } | null {
    return this.ready ? { video: 'avc1.4d401e', width: 320, height: 180 } : null;
  }
  lastIndependent(): { msn: number; part: number } | null {
    return this.#parts.length === 0 ? null : { msn: this.#parts.length - 1, part: 0 };
  }
  onAdvance(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
