import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands, type CommandName } from '../../contract/catalog.ts';
import type { AnyCommand } from '../../contract/define-command.ts';
import { errorStatus, type ErrorCode } from '../../contract/errors.ts';
import type { Log } from '../../contract/log.ts';
import {
  ask,
  builtPages,
  command,
  connected,
  hubOptions,
  login,
  operator,
  run,
  startedHub,
  subscribe,
  temporaryFolder,
  type PageSocket,
} from '../hub-rig.ts';
import type { Hub } from '../hub.ts';
import { openApiDocument } from './openapi.ts';
import { inputOf, spoilt, type InputSchema } from './testdata/arbitrary-input.ts';

/** Inputs a command, half of them spoilt. */
const inputs = process.env['TAODU_TEST_FULL'] === undefined ? 6 : 200;
/** Their well-formed calls end the session that asks or take long on purpose: a few of them are enough. */
const few: ReadonlySet<string> = new Set<CommandName>(['session.logout', 'session.lock', 'backup.create', 'audit.verify']);
const heapGrowthAtMostMb = 64;

const folder = temporaryFolder('schema-fuzz');
let hub: Hub;
let origin: string;
const failures: unknown[] = [];
const note = (fields: object, message: string) => void failures.push({ message, ...fields });
const log: Log = { debug() {}, info() {}, warn() {}, error: note };

interface Asker {
  readonly name: string;
  readonly token: string;
  readonly socket: PageSocket;
}
let founder: Asker;
let clerk: Asker;
let neighbour: PageSocket;
let neighbourEnded = false;

const asker = async (name: string, token: string): Promise<Asker> => ({ name, token, socket: (await connected(origin, { token })).socket });

beforeAll(async () => {
  builtPages(folder.path);
  hub = await startedHub(hubOptions(folder.path, { log }));
  origin = hub.origin;
  const token = await login(origin);
  founder = await asker('admin', token);
  clerk = await asker('clerk', await operator(origin, token, 'clerk'));
  neighbour = (await connected(origin, { token: await operator(origin, token, 'neighbour') })).socket;
  neighbour.once('disconnect', () => (neighbourEnded = true));
  await subscribe(neighbour, { id: 1, collection: 'layouts' });
}, 120_000);
afterAll(async () => {
  for (const { socket } of [founder, clerk]) socket.disconnect();
  neighbour.disconnect();
  await hub.stop();
  folder.dispose();
});

const document = openApiDocument('test') as {
  paths: Record<string, { post: { requestBody: { content: { 'application/json': { schema: InputSchema } } } } }>;
};
const schemaOf = (name: string) => document.paths[`/api/commands/${name}`]!.post.requestBody.content['application/json'].schema;

/** What the hub said: null when it did what was asked. Throws for anything that is not a code of the registry with its own status. */
async function answers(name: string, args: unknown, { token, socket }: Asker): Promise<readonly (string | null)[]> {
  const http = await command(origin, name, undefined, {
    token,
    body: JSON.stringify(args),
    headers: { 'content-type': 'application/json' },
  });
  const code = (http.json?.error?.code ?? null) as ErrorCode | null;
  expect([name, http.status, code], http.text.slice(0, 500)).toEqual([name, code === null ? 200 : errorStatus[code], code]);
  const reply = await run(socket, name, args);
  return [code, 'error' in reply ? reply.error.code : null];
}

describe('every command, from its own schema, at both doors', () => {
  let forbidden = 0;
  const collect = () => {
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  let before = 0;

  test('makes inputs that are well formed, and inputs that are not', () => {
    for (const { name, args } of commands as readonly AnyCommand[]) {
      const valid = inputOf(schemaOf(name));
      const parses = (value: unknown) => args.safeParse(value).success;
      const good = fc.sample(valid, { seed: 1, numRuns: 30 }).filter(parses).length;
      const bad = fc.sample(spoilt(valid), { seed: 2, numRuns: 30 }).filter((value) => !parses(value)).length;
      expect([name, good >= 3, bad >= 10], `${good} good, ${bad} bad of 30`).toEqual([name, true, true]);
    }
    before = collect();
  });

  test.each((commands as readonly AnyCommand[]).map((definition, nth) => [definition.name, definition, nth] as const))(
    '%s',
    { timeout: 120_000 },
    async (name, definition, nth) => {
      const valid = inputOf(schemaOf(name));
      const good = fc.sample(valid, { seed: 4711 + nth, numRuns: few.has(name) ? 1 : inputs / 2 });
      const bad = fc.sample(spoilt(valid), { seed: 815 + nth, numRuns: inputs / 2 });
      let turn = 0;
      for (const args of [...good, ...bad]) {
        // as it arrives: both doors take nothing at all for no arguments
        const arriving: unknown = JSON.parse(JSON.stringify(args)) ?? {};
        const wellFormed = definition.args.safeParse(arriving).success;
        // it would end the askers that all others need
        if (wellFormed && (name === 'session.logout' || name === 'session.lock')) continue;
        turn += 1;
        const who = turn % 2 === 0 ? clerk : founder;
        for (const code of await answers(name, args, who)) {
          expect([name, code]).not.toEqual([name, 'internal-error']);
          if (!wellFormed) expect(['malformed', 'payload-too-large']).toContain(code);
          else expect(code).not.toBe('malformed');
          if (who === clerk && code === 'forbidden' && definition.audit === 'two-rows') forbidden += 1;
        }
      }
      expect(failures).toEqual([]);
    },
  );

  test('what the clerk may not do is in the audit, each time', async () => {
    const found = { rows: 0 };
    for (let after: string | null = ''; after !== null;) {
      const page: Awaited<ReturnType<typeof ask>> = await ask(origin, `/api/collections/audit?limit=1000${after && `&after=${after}`}`, {
        token: founder.token,
      });
      for (const row of page.json.items as { actor: string; outcome: string | null }[])
        if (row.actor === clerk.name && row.outcome === 'forbidden') found.rows += 1;
      after = page.json.next as string | null;
    }
    expect(found.rows).toBe(forbidden);
    expect(forbidden).toBeGreaterThan(20);
  });

  test('nobody else was disturbed, and the hub has not grown', async () => {
    expect(neighbourEnded).toBe(false);
    const heard = new Promise<void>((resolve) => {
      neighbour.on('changes', (message) => {
        if (JSON.stringify(message).includes('Still here')) resolve();
      });
    });
    const scene = { kind: 'grid', rows: 1, cols: 1, tiles: [null] };
    expect((await command(origin, 'layout.save', { name: 'Still here', scene }, { token: founder.token })).status).toBe(200);
    await heard;
    expect(await run(neighbour, 'session.who', {})).toMatchObject({ result: { name: 'neighbour' } });
    expect((await ask(origin, '/healthz')).status).toBe(200);
    expect(collect() - before).toBeLessThan(heapGrowthAtMostMb);
  });
});

describe('what JSON can say and no schema expects', () => {
  const post = (name: string, body: string, token = founder.token) =>
    command(origin, name, undefined, { token, body, headers: { 'content-type': 'application/json' } });

  test.each<[string, string]>([
    ['an endless number', '{"text":"","limit":1e999}'],
    ['a number that is none', '{"text":"","limit":NaN}'],
    ['the same name twice, the second wrong', '{"text":"","text":7}'],
    ['its own prototype', '{"__proto__":{"text":""},"text":""}'],
    ['a constructor', '{"constructor":{"prototype":{"text":""}},"text":""}'],
    ['deep lists', `{"text":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['deep objects', `{"text":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`],
    ['a hundred thousand names', `{${Array.from({ length: 100_000 }, (_, nth) => `"n${nth}":0`).join(',')}}`],
    ['a long name', `{"${'n'.repeat(1_000_000)}":0}`],
  ])('%s is malformed, and answered shortly', async (_name, body) => {
    const answer = await post('camera.search', body);
    expect([answer.status, answer.json.error.code]).toEqual([400, 'malformed']);
    expect(answer.text.length).toBeLessThan(4000);
    expect(({} as Record<string, unknown>)['text']).toBeUndefined();
  });

  test('and no answer to it says 500', () => expect(failures).toEqual([]));
});
