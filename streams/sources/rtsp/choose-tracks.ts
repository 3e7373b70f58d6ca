import { problem, type Problem } from '../../../main/contract/errors.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import { formatOf, type TrackFormat } from '../../protocols/rtp/track-format.ts';
import type { MediaDescription, SessionDescription } from '../../protocols/sdp/session-description.ts';

/** A medium that we want, in a format that we understand. */
export interface ChosenTrack {
  readonly format: TrackFormat;
  /** As the description has it. */
  readonly control: string | null;
}

export interface ChosenTracks {
  readonly video: ChosenTrack;
  readonly audio: ChosenTrack | null;
}

/**
 * Which tracks to ask for: the first video that can be received, and sound that goes the same way. Errors: `source-no-video`,
 * `source-codec-unsupported` {codec}.
 */
export function chooseTracks({ media }: SessionDescription): Result<ChosenTracks, Problem> {
  const videos = media.filter((medium) => medium.kind === 'video' && medium.direction !== 'inactive');
  const video = videos.find(trackOf);
  if (!video) {
    if (videos.length === 0) return err(problem('source-no-video'));
    const codecs = videos.flatMap(({ formats }) => formats.map(({ encoding, payloadType }) => encoding || `payload type ${payloadType}`));
    return err(problem('source-codec-unsupported', { codec: codecs.slice(0, maxCodecsNamed).join(', ').slice(0, maxCodecsLength) }));
  }
  const sounds = media.filter((medium) => medium.kind === 'audio' && medium.direction !== 'inactive' && trackOf(medium) !== null);
  // Cameras that can be talked to offer a second one for that, marked as going the other way (ONVIF Streaming clause 5.3).
  const sound = sounds.find((medium) => medium.direction === video.direction) ?? sounds.find((medium) => medium.direction === null);
  return ok({ video: trackOf(video)!, audio: sound ? trackOf(sound) : null });
}

const maxCodecsNamed = 4;
const maxCodecsLength = 64;

function trackOf(medium: MediaDescription): ChosenTrack | null {
  for (const one of medium.formats) {
    const format = formatOf(one);
    if (format.ok && isVideo(format.value) === (medium.kind === 'video')) return { format: format.value, control: medium.control };
  }
  return null;
}

const isVideo = ({ codec }: TrackFormat): boolean => codec === 'h264' || codec === 'h265';
