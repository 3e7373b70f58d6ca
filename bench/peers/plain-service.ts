import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import Fastify from 'fastify';

/**
 * What a hand-written service does for the same commands: it looks a token up, believes the arguments, and stores them with one plain
 * INSERT, as durable as the ledger (WAL, FULL). No roles, no scope, no audit, no chain, nobody else told. Says its port and tokens as one line,
 * and ends with its standard input.
 */
const users = Number(process.argv[2] ?? '20');
const folder = mkdtempSync(join(tmpdir(), 'taodu-plain-'));
const database = new Database(join(folder, 'plain.db'));
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec(
  'CREATE TABLE commands (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, user TEXT NOT NULL, name TEXT NOT NULL, args TEXT NOT NULL)',
);
const insert = database.prepare('INSERT INTO commands (at, user, name, args) VALUES (?, ?, ?, ?)');
const tokens = new Map(Array.from({ length: users }, (_, index) => [randomBytes(24).toString('base64url'), `user-${index}`]));

const app = Fastify();
app.post<{ Params: { name: string } }>('/api/commands/:name', async (request, reply) => {
  const user = tokens.get(request.headers.authorization?.slice('Bearer '.length) ?? '');
  if (user === undefined) return reply.code(401).send({});
  if (request.params.name !== 'layout.save') return { user };
  const { lastInsertRowid } = insert.run(Date.now(), user, request.params.name, JSON.stringify(request.body));
  return { revision: Number(lastInsertRowid) };
});
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
app.get('/figures', () => {
  const p99Ms = delay.percentile(99) / 1e6;
  delay.reset();
  return { p99Ms };
});
await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : null, tokens: [...tokens.keys()] })}\n`);
process.stdin.resume();
process.stdin.on('end', () => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});
