/** Plays samples as they come, a little later than they come. */
export interface SoundPlayer {
  /** To be called by a click or a key of a person, as browsers want it before they let anything be heard. */
  allow(): void;
  push(sampleRate: number, channels: readonly Float32Array[]): void;
  /** Silence at once; what was to be heard is gone. */
  mute(): void;
  close(): void;
}

/** So much is kept ahead of the ear, so that a late batch is no gap. */
const cushionS = 0.15;
/** What lies this far ahead came in a burst or by a clock that runs fast: it is left out. */
const longestAheadS = 0.5;

/** The page's one sound. Audio that comes too late begins anew behind the cushion, audio that comes too early is left out. */
export function createSoundPlayer(create: () => AudioContext = () => new AudioContext({ latencyHint: 'interactive' })): SoundPlayer {
  let context: AudioContext | null = null;
  let output: GainNode | null = null;
  let nextAt = 0;

  const cut = () => {
    output?.disconnect();
    output = null;
    nextAt = 0;
  };

  return {
    allow() {
      context ??= create();
      // Where nothing may be heard yet it stays suspended, and what comes is left out.
      if (context.state === 'suspended') context.resume().catch(() => {});
    },

    push(sampleRate, channels) {
      const length = channels[0]?.length ?? 0;
      if (context?.state !== 'running' || length === 0) return;
      const at = context.currentTime;
      if (nextAt - at > longestAheadS) return;
      if (nextAt < at) nextAt = at + cushionS;
      if (output === null) {
        output = context.createGain();
        output.connect(context.destination);
      }
      const buffer = context.createBuffer(channels.length, length, sampleRate);
      for (const [index, samples] of channels.entries()) buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, index);
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(output);
      source.start(nextAt);
      nextAt += buffer.duration;
    },

    mute: cut,

    close() {
      cut();
      context?.close().catch(() => {});
      context = null;
    },
  };
}
