import { parentPort, workerData } from 'node:worker_threads';
import { type BackupOrder, writeBackup } from './write-backup.ts';

// Makes one backup in a thread of its own, so that the hub's loop never waits for the disk, and says what came of it.
parentPort?.postMessage(await writeBackup(workerData as BackupOrder));
