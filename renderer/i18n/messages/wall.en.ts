/** Words of the wall page and of its tiles and panels. */
export default {
  title: '{wall} · {screen}',
  liveCount: '{live} / {total} live',
  hubTime: 'Hub time',
  clockUnknown: 'clock not set',
  banner: {
    connecting: 'Connecting to the hub…',
    cached: 'Connecting to the hub · showing the last layout',
    stale: 'Lost contact with the hub · showing the last layout',
    since: 'since {time}',
    incompatible: 'Page and hub differ in version; reloading',
  },
  unknownWall: 'The hub has no wall “{wall}”',
  unknownScreen: 'Wall “{wall}” has no screen “{screen}”',
  waiting: 'Waiting for a layout',
  tile: {
    since: 'since {time}',
    delayed: 'Picture is late',
    stalled: 'Picture stands still',
    suspect: 'Picture is suspect',
    fault: {
      'picture-frozen': 'Picture does not change',
      'picture-black': 'Picture is black',
      'picture-covered': 'Lens may be covered',
    },
    transcoded: 'transcoded',
    offline: 'No picture',
    starting: 'Connecting',
    overBudget: 'Beyond what this screen can decode',
    age: '{seconds} s',
  },
  panel: {
    health: {
      title: 'Camera health',
      total: '{count} cameras',
      counting: 'Counting…',
      refused: 'No permission to read the camera directory',
    },
  },
};
