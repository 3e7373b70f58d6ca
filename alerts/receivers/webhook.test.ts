import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../main/contract/log.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import { start } from '../rules/testdata/inputs.ts';
import type { Told } from '../pipeline/alert-pipeline.ts';
import { PipelineRig, signalOf } from '../pipeline/testdata/pipeline-rig.ts';
import { createAddressList } from './address-list.ts';
import { createPoster, type Delivery, type PostResult } from './post.ts';
import { createWebhook, type WebhookSettings } from './webhook.ts';

/** What a pipeline tells when these are raised. */
const told = (...signals: Parameters<typeof signalOf>[0][]): Told[] => {
  const rig = new PipelineRig({ groupWaitMs: 0 });
  rig.fold(signals.map((signal) => signalOf(signal)));
  return rig.told;
};

function rig(settings: Partial<WebhookSettings> = {}) {
  const clock = new ManualClock(start);
  const sent: Delivery[] = [];
  const answers: PostResult[] = [];
  const webhook = createWebhook(
    {
      name: 'pager',
      url: new URL('http://pager.example/in'),
      secret: 'kiln',
      format: 'json',
      atLeast: 'medium',
      sender: { id: 'taodu', name: 'Taodu' },
      ...settings,
    },
    {
      clock,
      log: silentLog,
      post: (delivery) => {
        sent.push(delivery);
        return Promise.resolve(answers.shift() ?? { status: 200 });
      },
    },
  );
  const offer = (...all: Told[]) => all.forEach((one) => webhook.offer(one));
  return { clock, sent, answers, webhook, offer, turn: () => clock.advance(0) };
}

describe('a webhook', () => {
  test('sends a group a request, signed', async () => {
    const { offer, sent, turn, webhook } = rig();
    offer(...told({ key: 'a' }, { key: 'b' }));
    await turn();
    expect(sent).toHaveLength(1);
    const [{ headers, body }] = sent as [Delivery];
    expect(JSON.parse(body)).toMatchObject({
      version: 1,
      sender: 'taodu',
      why: 'raised',
      route: 'desk',
      alerts: [{ subject: { id: 'a' } }, { subject: { id: 'b' } }],
    });
    expect(headers['taodu-signature']).toBe(`t=${start},v1=${createHmac('sha256', 'kiln').update(`${start}.${body}`).digest('hex')}`);
    expect(webhook.figures).toEqual({ sent: 1, waiting: 0, dropped: 0, kept: 0 });
  });

  test('is told of no exercise and nothing simulated, whatever the routes say', async () => {
    for (const format of ['json', 'cap'] as const) {
      const { offer, sent, turn, webhook } = rig({ format, secret: null });
      const real = told({ key: 'real' })[0]!;
      const [drill, simulated] = [told({ key: 'drill', drill: true })[0]!, told({ key: 'simulated', simulated: true })[0]!];
      offer({ ...real, alerts: [...drill.alerts, ...real.alerts, ...simulated.alerts] }, drill, simulated);
      await turn();
      expect([sent.length, webhook.figures.kept]).toEqual([1, 4]);
      expect(sent[0]!.body).toContain('real');
      expect(sent[0]!.body).not.toMatch(/drill-|"drill"|simulated/);
      expect(sent[0]!.headers['taodu-signature']).toBeUndefined();
    }
  });

  test('is told of what is severe enough', async () => {
    const { offer, sent, turn } = rig({ atLeast: 'high' });
    offer(...told({ key: 'a' }), ...told({ key: 'b', severity: 'critical' }));
    await turn();
    expect(
      sent.map(({ body }) => (JSON.parse(body) as { alerts: { subject: { id: string } }[] }).alerts.map(({ subject }) => subject.id)),
    ).toEqual([['b']]);
  });

  test.each<[string, PostResult]>([
    ['it is broken', { status: 503 }],
    ['it is busy', { status: 429 }],
    ['nobody is there', { failed: 'unreachable' }],
  ])('tries again, later each time, with the same number, in order: %s', async (_name, failure) => {
    const { clock, offer, sent, answers, turn, webhook } = rig();
    answers.push(failure, failure, { status: 200 });
    offer(...told({ key: 'a' }), ...told({ key: 'b' }));
    await turn();
    expect(sent).toHaveLength(1);
    await clock.advance(1000);
    expect(sent).toHaveLength(2);
    await clock.advance(1999);
    expect(sent).toHaveLength(2);
    await clock.advance(1);
    await turn();
    expect(sent.map(({ headers }) => headers['taodu-delivery'])).toEqual(
      [sent[0], sent[0], sent[0], sent[3]].map((one) => one!.headers['taodu-delivery']),
    );
    expect(sent[3]!.body).toContain('"b"');
    expect(webhook.figures).toEqual({ sent: 2, waiting: 0, dropped: 0, kept: 0 });
  });

  test.each<[string, PostResult]>([
    ['it says no', { status: 400 }],
    ['it sends elsewhere', { status: 302 }],
    ['its address is none of ours', { failed: 'refused-address' }],
  ])('gives up at once: %s', async (_name, failure) => {
    const { offer, sent, answers, turn, webhook } = rig();
    answers.push(failure);
    offer(...told({ key: 'a' }), ...told({ key: 'b' }));
    await turn();
    await turn();
    expect([sent.length, webhook.figures.dropped, webhook.figures.sent]).toEqual([2, 1, 1]);
  });

  test('sends 32 groups at a time, one of a group, and what waits of a group goes together', async () => {
    const clock = new ManualClock(start);
    const sent: Delivery[] = [];
    const waiting: ((result: PostResult) => void)[] = [];
    const slow = createWebhook(
      {
        name: 'far',
        url: new URL('http://far.example/in'),
        secret: null,
        format: 'json',
        atLeast: 'low',
        sender: { id: 'taodu', name: 'Taodu' },
      },
      {
        clock,
        log: silentLog,
        post: (delivery) => {
          sent.push(delivery);
          return new Promise((resolve) => waiting.push(resolve));
        },
      },
    );
    const [one] = told({ key: 'a' });
    for (let index = 0; index < 34; index += 1) slow.offer({ ...one!, group: `group ${index}`, alerts: [...one!.alerts] });
    for (const key of ['b', 'c']) slow.offer({ ...told({ key })[0]!, group: 'group 0' });
    slow.offer({ ...one!, group: 'group 0', why: 'cleared', alerts: [...one!.alerts] });
    expect([sent.length, slow.figures.waiting]).toEqual([32, 36]);
    const seen = async () => {
      waiting.shift()!({ status: 204 });
      await clock.advance(0);
      return JSON.parse(sent.at(-1)!.body) as { group: string; why: string; alerts: { subject: { id: string } }[] };
    };
    // Group 0 is free again, and what waited longest goes first.
    expect(await seen()).toMatchObject({ group: 'group 32' });
    expect(await seen()).toMatchObject({ group: 'group 33' });
    expect(await seen()).toMatchObject({ group: 'group 0', why: 'raised', alerts: [{ subject: { id: 'b' } }, { subject: { id: 'c' } }] });
    for (let index = 0; index < 32; index += 1) await seen();
    expect(await seen()).toMatchObject({ group: 'group 0', why: 'cleared' });
    expect(slow.figures).toEqual({ sent: 36, waiting: 0, dropped: 0, kept: 0 });
    slow.stop();
  });

  test('says of each that it is settled once it was taken, given up, refused or kept in, and not when it ends before', async () => {
    const { answers, webhook, turn, clock } = rig({ format: 'cap' });
    const settled: string[] = [];
    const offer = (name: string, ...all: Told[]) => all.forEach((one) => webhook.offer(one, () => settled.push(name)));
    offer('drill', ...told({ key: 'd', drill: true }));
    expect(settled).toEqual(['drill']);
    // Two documents, one of which is tried again: settled with the last of them.
    answers.push({ status: 200 }, { status: 503 }, { status: 200 });
    const [two] = told({ key: 'a' }, { key: 'b' });
    offer('two', two!);
    await turn();
    expect(settled).toEqual(['drill']);
    await clock.advance(2000);
    expect(settled).toEqual(['drill', 'two']);
    answers.push({ status: 410 });
    offer('refused', ...told({ key: 'c' }));
    await turn();
    expect(settled).toEqual(['drill', 'two', 'refused']);
    answers.push(...Array.from({ length: 10 }, () => ({ status: 500 })));
    offer('given up', ...told({ key: 'e' }));
    for (let step = 0; step < 10; step += 1) await clock.advance(300_000);
    expect(settled).toEqual(['drill', 'two', 'refused', 'given up']);
    answers.push({ status: 503 });
    offer('cut off', ...told({ key: 'f' }));
    await turn();
    webhook.stop();
    await clock.advance(600_000);
    expect(settled).toHaveLength(4);
  });

  test('what joins another is settled with it', async () => {
    const { answers, webhook, turn, sent } = rig();
    const settled: string[] = [];
    answers.push({ status: 200 }, { status: 200 });
    const [first] = told({ key: 'a' });
    for (const key of ['a', 'b', 'c']) webhook.offer({ ...told({ key })[0]!, group: first!.group }, () => settled.push(key));
    await turn();
    await turn();
    expect([sent.length, settled]).toEqual([2, ['a', 'b', 'c']]);
  });

  test('wants what it would send, and nothing else', () => {
    const { webhook } = rig({ atLeast: 'high' });
    expect(
      [{ severity: 'high' as const }, { severity: 'medium' as const }, { severity: 'high' as const, drill: true }].map((more) =>
        webhook.wants(told(more)[0]!),
      ),
    ).toEqual([true, false, false]);
  });

  test('gives up after ten tries, and what waits is bounded', async () => {
    const { clock, offer, sent, answers, turn, webhook } = rig();
    answers.push(...Array.from({ length: 10 }, () => ({ status: 500 })));
    offer(...told({ key: 'a' }));
    for (let step = 0; step < 10; step += 1) await clock.advance(300_000);
    expect([sent.length, webhook.figures]).toEqual([10, { sent: 0, waiting: 0, dropped: 1, kept: 0 }]);
    answers.push({ failed: 'unreachable' });
    const [one] = told({ key: 'b' });
    for (let index = 0; index < 20_500; index += 1) offer({ ...one!, group: `group ${index}` });
    expect(webhook.figures).toMatchObject({ waiting: 20_000, dropped: 501 });
    await turn();
    webhook.stop();
    await turn();
    expect(clock.sleeping).toBe(0);
  });
});

describe('an address', () => {
  test.each<[string, boolean]>([
    ['10.20.3.4', true],
    ['10.21.0.1', false],
    ['::ffff:10.20.3.4', true],
    ['::ffff:10.21.3.4', false],
    ['::ffff:a14:304', true],
    ['fd00::1', true],
    ['fd00::1%eth0', true],
    ['fe80::1', false],
    ['169.254.169.254', false],
    ['0.0.0.0', false],
    ['224.0.0.1', false],
    ['10.20.3', false],
    ['', false],
  ])('%s', (address, allowed) => {
    expect(createAddressList(['10.20.0.0/16', 'fd00::/8', '169.254.0.0/16', '0.0.0.0/8', '224.0.0.0/4', 'fe80::/10']).allows(address)).toBe(
      allowed,
    );
  });

  test('a network that is none is refused', () => {
    for (const network of ['10.0.0.0', '10.0.0.0/33', 'x/8', '10.0.0.0/8/8x'])
      expect(() => createAddressList([network])).toThrow(RangeError);
  });
});

describe('over the network', () => {
  test('only to addresses that are allowed, by number and by name, and redirects are not followed', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers['x-a']}`);
      response.writeHead(302, { location: '/elsewhere' });
      response.end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const send = async (host: string, networks: string[]) => {
      const poster = createPoster(createAddressList(networks));
      const { signal } = new AbortController();
      const result = await poster.post({ url: new URL(`http://${host}:${port}/in`), headers: { 'x-a': '1' }, body: 'x' }, signal);
      poster.stop();
      return result;
    };
    expect(await send('127.0.0.1', ['127.0.0.0/8'])).toEqual({ status: 302 });
    expect(await send('localhost', ['127.0.0.0/8'])).toEqual({ status: 302 });
    expect(await send('127.0.0.1', ['10.0.0.0/8'])).toEqual({ failed: 'refused-address' });
    expect(await send('localhost', ['10.0.0.0/8'])).toEqual({ failed: 'refused-address' });
    expect(await send('[::1]', ['127.0.0.0/8'])).toEqual({ failed: 'refused-address' });
    expect(asked).toEqual(['POST /in 1', 'POST /in 1']);
    const poster = createPoster(createAddressList(['127.0.0.0/8']));
    const again = () =>
      poster.post({ url: new URL(`http://127.0.0.1:${port}/in`), headers: { 'x-a': '2' }, body: 'x' }, new AbortController().signal);
    expect(await again()).toEqual({ status: 302 });
    // The other side closes what nobody uses; the next request is not lost over it.
    server.closeIdleConnections();
    expect([await again(), await again()]).toEqual([{ status: 302 }, { status: 302 }]);
    poster.stop();
    await new Promise((closed) => server.close(closed));
    expect(await send('127.0.0.1', ['127.0.0.0/8'])).toEqual({ failed: 'unreachable' });
  });
});
