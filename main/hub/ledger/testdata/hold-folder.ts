import { openDataFolder } from '../data-folder.ts';

// A hub that owns its data folder and does nothing else, until it is killed. Says what came of it in one line.
const opened = openDataFolder(process.argv[2] ?? '');
process.stdout.write(`${opened.ok ? 'holding' : opened.error.code}\n`);
if (opened.ok) setInterval(() => undefined, 60_000);
