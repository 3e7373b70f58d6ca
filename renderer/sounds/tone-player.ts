import type { SoundPattern } from './alert-patterns.ts';

/** `blocked`: the browser plays nothing before somebody has pressed a key or a button on this page. `none`: it has no sound at all. */
export type SoundState = 'ready' | 'blocked' | 'none';

/** Plays patterns of tones, made as they are played: there are no files. */
export interface TonePlayer {
  readonly state: SoundState;
  /** Answers false when nobody can hear it. */
  play(pattern: SoundPattern, volume: number): boolean;
  /** To be called within a key or a click: then the browser lets the page sound. */
  unlock(): void;
  onState(listener: (state: SoundState) => void): () => void;
  close(): void;
}

/** A tone begins and ends within so long: at once would click. */
const edgeS = 0.012;

/** Made at once, so that it is known whether the browser lets it sound. */
export function createTonePlayer(): TonePlayer {
  const listeners = new Set<(state: SoundState) => void>();
  let audio: AudioContext | null = null;
  try {
    audio = new AudioContext({ latencyHint: 'interactive' });
  } catch {
    // a browser without sound
  }
  const stateNow = (): SoundState =>
    audio === null || audio.state === 'closed' ? 'none' : audio.state === 'running' ? 'ready' : 'blocked';
  let state = stateNow();
  const look = () => {
    const next = stateNow();
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener(state);
  };
  audio?.addEventListener('statechange', look);

  return {
    get state() {
      return state;
    },
    play({ tones }, volume) {
      if (audio === null || audio.state !== 'running') return false;
      const begin = audio.currentTime + 0.02;
      for (const { atMs, forMs, hz } of tones) {
        const tone = audio.createOscillator();
        const gain = audio.createGain();
        const from = begin + atMs / 1000;
        const to = from + forMs / 1000;
        tone.type = 'triangle';
        tone.frequency.value = hz;
        gain.gain.setValueAtTime(0, from);
        gain.gain.linearRampToValueAtTime(volume, from + edgeS);
        gain.gain.setValueAtTime(volume, to - edgeS);
        gain.gain.linearRampToValueAtTime(0, to);
        tone.connect(gain).connect(audio.destination);
        tone.start(from);
        tone.stop(to);
      }
      return true;
    },
    unlock() {
      // Refused without a gesture: then it stays blocked, and says so.
      void audio?.resume().then(look, () => {});
    },
    onState(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      audio?.removeEventListener('statechange', look);
      listeners.clear();
      void audio?.close().catch(() => {});
      audio = null;
      state = 'none';
    },
  };
}
