import type { FakeStream } from './fake-stream.ts';

/** How a fake camera misbehaves. Everything is off where nothing is said. */
export interface FakeFaults {
  /** Never answers this any more, nor anything after it. `media`: answers everything, and sends no packet. */
  readonly silentAt?: 'connect' | 'DESCRIBE' | 'SETUP' | 'PLAY' | 'GET_PARAMETER' | 'media';
  /**
   * What DESCRIBE brings. `short-length`, `long-length`: a Content-Length that is wrong by 20; `huge-length`: of 4 GB; `two-lengths`;
   * `endless-headers`; `drip`: a byte every 20 ms; `binary`: rubbish in the description; `rubbish`: nothing else; `no-video`; `jpeg`, `vp8`: a
   * video that nobody here can decode.
   */
  readonly describe?:
    | 'short-length'
    | 'long-length'
    | 'huge-length'
    | 'two-lengths'
    | 'endless-headers'
    | 'drip'
    | 'binary'
    | 'rubbish'
    | 'no-video'
    | 'jpeg'
    | 'vp8';
  /** The answer to PLAY and the first pictures come in one piece. */
  readonly gluesPlay?: boolean;
  /** Line ends between interleaved frames. */
  readonly strayLineEnds?: boolean;
  /** One packet of the video in so many is missing. */
  readonly losesEvery?: number;
  /** Over UDP: neighbours change places, and every fourth packet comes twice. */
  readonly shuffles?: boolean;
  /** Over UDP: somebody else sends packets to the same ports. */
  readonly strangers?: boolean;
  /** The same, and the camera itself sends nothing. */
  readonly onlyStrangers?: boolean;
  /** Time stamps jump by hours, forth and back. */
  readonly absurdTimestamps?: boolean;
  /** After so many pictures the stream is another one, under the same payload type. */
  readonly changesTo?: { readonly after: number; readonly stream: FakeStream };
  /** Key pictures are left out. */
  readonly noKeyPictures?: boolean;
  /** No login is ever right. */
  readonly refusesLogin?: boolean;
  /** The right login is told once that its nonce was too old. */
  readonly staleNonce?: boolean;
  /** Closes the connection right after it asked for a login. */
  readonly hangsUpOnLogin?: boolean;
  /** Answers DESCRIBE with 302 and this address. */
  readonly redirectsTo?: string;
  /** Answers these methods with this status. */
  readonly statuses?: Readonly<Record<string, number>>;
  /** Describes a sound, and knows nothing of it afterwards (404). */
  readonly noSuchSound?: boolean;
  /** Its own answers have no CSeq. */
  readonly noCseq?: boolean;
  /** Asks the client things (OPTIONS, SET_PARAMETER and something unknown) before it answers PLAY. */
  readonly asksBack?: boolean;
}
