import type { FromChild, ToChild } from '../contract/processes.ts';
import { createHub, type Hub } from './hub.ts';
import type { HubStart } from './hub-start.ts';
import { parentChannel } from '../supervision/parent-channel.ts';
import { openLog } from '../supervision/open-log.ts';

/** EX_CONFIG of sysexits.h: starting again will not help. */
const fatalExitCode = 78;

const parent = parentChannel();
if (!parent) {
  process.stderr.write('The hub is started by the launcher: npm run hub -- --help\n');
  process.exit(fatalExitCode);
}
const say = (message: FromChild) => parent.send(message);

let starting: Promise<Hub> | null = null;
let stopping = false;

async function start(given: HubStart): Promise<Hub> {
  const log = openLog('hub', given.config.log.level);
  const hub = await createHub({ ...given, log });
  if (!hub.ok) {
    const { code, params, detail = code } = hub.error;
    await say({ kind: 'fatal', code, params, detail });
    process.exit(fatalExitCode);
  }
  const { origin, port, epoch, loginUrl, passwordFile } = hub.value;
  void say({ kind: 'ready', port, facts: { listening: origin, epoch, login: loginUrl, passwordFile } });
  return hub.value;
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  const hub = await starting;
  await hub?.stop();
  process.exit();
}

parent.onMessage((received) => {
  const message = received as ToChild<HubStart>;
  if (message.kind === 'start') starting ??= start(message.config);
  else if (message.kind === 'stop') void stop();
  else if (message.kind === 'wall-link') {
    const { id, wallId, screenId } = message;
    void starting?.then((hub) => say({ kind: 'wall-link', id, url: hub.wallLink(wallId, screenId) }));
  }
});
parent.onClose(() => void stop());
process.on('SIGTERM', () => void stop());
// Ctrl-C reaches every process of the terminal: the launcher hears it too, and stops us in order
process.on('SIGINT', () => {});
