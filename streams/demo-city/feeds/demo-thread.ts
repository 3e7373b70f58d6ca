import { parentPort } from 'node:worker_threads';
import { systemClock } from '../../../main/supervision/system-clock.ts';
import type { FromDemo, ToDemo } from './demo-messages.ts';
import { DemoSimulator } from './demo-simulator.ts';

// The thread of the demo city: its reckoning and its devices must not cost the hub's loop anything. It ends with the hub.
const figuresEveryMs = 5000;

const simulator = await DemoSimulator.open(systemClock);
const say = (message: FromDemo) => parentPort?.postMessage(message);
const never = new AbortController().signal;

parentPort?.on('message', (message: ToDemo) => {
  if (message.kind === 'stories') simulator.stories = message.stories;
  else void simulator.run(message, never);
});
say({ kind: 'sources', sources: simulator.sources });
setInterval(() => say({ kind: 'figures', figures: simulator.figures }), figuresEveryMs).unref();
