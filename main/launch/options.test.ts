import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test.each([
  [['hub'], { mode: 'hub', dataFolder: '/w/data', demo: false, port: null, rtmpPort: null, shell: 'none' }],
  [['hub', '--rtmp-port', '19350'], { rtmpPort: 19_350 }],
  [['hub', '--port', '0', '--data', '/d', '--demo'], { mode: 'hub', dataFolder: '/d', demo: true, port: 0 }],
  [['setup', '--data', '/d'], { mode: 'setup', dataFolder: '/d', demo: false }],
  [['start'], { mode: 'start', demo: true, shell: 'none' }],
  [['start', '--shell', 'chromium', '--config', 'a.yaml'], { shell: 'chromium', configFile: '/w/a.yaml' }],
  [['--help'], { help: true }],
  [['hub', '--demo'], { story: null }],
  [['start', '--story', 'rainstorm'], { demo: true, story: 'rainstorm' }],
  [['start'], { hub: null, wall: 'main', screens: null }],
  [['start', '--shell', 'chromium', '--hub', 'https://h:8600/'], { hub: 'https://h:8600', wall: 'main', screens: null }],
  [['start', '--shell', 'chromium', '--hub', 'https://h', '--wall', 'b', '--screens', '1, 2'], { wall: 'b', screens: ['1', '2'] }],
])('%j', (argv, expected) => {
  expect(readOptions(argv, '/w')).toMatchObject({ ok: true, value: expected });
});

test.each([
  [['hub', '--port', '65536'], '--port takes a port from 0 to 65535, not "65536"'],
  [['hub', '--port', 'x'], '--port takes a port from 0 to 65535, not "x"'],
  [['hub', '--shell', 'xterm'], '--shell knows "chromium", not "xterm"'],
  [['hub', '--shell', 'chromium'], '--shell goes with npm start'],
  [['setup', '--shell', 'chromium'], '--shell goes with npm start'],
  [['hub', '--prot', '1'], "Unknown option '--prot'"],
  [['start', '--hub', 'https://h'], '--hub goes with --shell chromium'],
  [['start', '--shell', 'chromium', '--hub', 'https://h/console'], 'not "https://h/console"'],
  [['start', '--shell', 'chromium', '--hub', 'https://a@h'], 'not "https://a@h"'],
  [['start', '--shell', 'chromium', '--hub', 'file:///etc'], 'not "file:///etc"'],
  [['start', '--shell', 'chromium', '--hub', 'https://h', '--screens', '1,1'], 'not "1,1"'],
  [['start', '--shell', 'chromium', '--hub', 'https://h', '--screens', '1,,2'], 'not "1,,2"'],
  [['start', '--shell', 'chromium', '--hub', 'https://h', '--wall', '../x'], 'not "../x"'],
  [['hub', '--demo', '--story', 'flood'], '--story knows jam, rainstorm, ambulance, none, not "flood"'],
  [['hub', '--demo', '--story', 'district-offline'], 'not "district-offline"'],
  [['hub', '--story', 'jam'], '--story goes with --demo'],
  [['start', '--wall', 'b'], '--wall goes with --hub'],
  [['hub', 'extra'], "Unexpected argument 'extra'"],
])('%j is refused in one line', (argv, sentence) => {
  const read = readOptions(argv, '/w');
  expect(read.ok).toBe(false);
  if (!read.ok) {
    expect(read.error).toContain(sentence);
    expect(read.error).not.toContain('\n');
  }
});
