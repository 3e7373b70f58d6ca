/** The little of node-media-server 4.4.3 that is used here. It ships no types, and none of this is documented: `nms-adapter.test.ts` watches it. */
declare module 'node-media-server/src/protocol/rtmp.js' {
  interface RtmpChunkStream {
    header: { fmt: number; cid: number; timestamp: number; length: number; type: number; stream_id: number };
    /** Milliseconds; grows beyond 32 bits. */
    clock: number;
    payload: Buffer;
    capacity: number;
    /** Of the message under way. */
    bytes: number;
  }

  export default class Rtmp {
    parserPacket: RtmpChunkStream;
    inPackets: Map<number, RtmpChunkStream>;
    inChunkSize: number;
    /** What the peer wants to be acknowledged; undefined until it says so. */
    ackSize?: number;
    streamId?: number;
    /** A parser of FLV files with a buffer of 1 MiB that the protocol itself never uses. */
    flv: unknown;
    onConnectCallback: (request: { app?: string; name: string; host: string }) => void;
    onPushCallback: () => void;
    onPlayCallback: () => void;
    onOutputCallback: (bytes: Buffer) => void;
    parserData(bytes: Buffer): string | null;
    packetParse(): void;
    packetAlloc(): void;
    controlHandler(): void;
    dataHandler(): void;
    onDeleteStream(): void;
    respondPublish(): void;
    respondPlay(): void;
    sendStatusMessage(streamId: number, level: 'status' | 'error', code: string, description: string): void;
    sendACK(bytes: number): void;
  }
}

declare module 'node-media-server/src/core/logger.js' {
  const logger: { log(message: string, level?: string): void };
  export default logger;
}
