import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumPath, startChromium } from './chromium.ts';
import { adminPassword, startHub, until, type RunningHub } from './start-hub.ts';

const why = chromiumPath === null ? ' (skipped: no Chromium found)' : '';

const mapping = {
  mapping: {
    format: 'json',
    records: 'items',
    entity: { path: 'id' },
    asset: { kind: { is: 'car-park' }, name: { path: 'name' } },
    values: [{ path: 'free', quantity: 'spaces-free' }],
  },
};

describe.skipIf(chromiumPath === null)(`feeds and their raw records on the console${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let page: Page;
  let token = '';

  beforeAll(async () => {
    hub = await startHub({ demo: false });
    browser = await startChromium();
    page = await (await browser.newContext({ viewport: { width: 1366, height: 768 } })).newPage();
    await page.goto(`${hub.listening}/login?lang=en`);
    await page.fill('input[name=user]', 'admin');
    await page.fill('input[autocomplete=current-password]', adminPassword);
    await page.click('button[type=submit]');
    await page.waitForURL('**/console*', { timeout: 30_000 });
    await page.goto(`${hub.listening}/console?lang=en#admin/feeds`);
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
  });

  const push = async (body: string | Uint8Array<ArrayBuffer>, contentType = 'application/json') => {
    const answer = await fetch(`${hub.listening}/api/feeds/parking`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': contentType },
      body,
    });
    return answer.status;
  };
  const cell = async (text: RegExp) => {
    const row = page.locator('[data-row=parking]');
    await until(`the row says ${text.source}`, 20_000, async () => text.test(await row.innerText()));
  };

  test('a feed is made: a wrong setting is named with its line, and the token is shown once', async () => {
    await page.getByText('There are no feeds yet.').waitFor({ timeout: 30_000 });
    await page.click('[data-new]');
    await page.fill('[name=feed-id]', 'parking');
    await page.fill('[name=feed-name]', 'Car parks');
    await page.selectOption('[name=feed-system]', 'traffic');
    const wrong = structuredClone(mapping) as { mapping: { values: { quantity: unknown }[] } };
    wrong.mapping.values[0]!.quantity = 7;
    await page.fill('[name=feed-settings]', JSON.stringify(wrong, null, 2));
    await page.click('button[form=feed-editor]');
    const line =
      JSON.stringify(wrong, null, 2)
        .split('\n')
        .findIndex((one) => one.includes('"quantity": 7')) + 1;
    await page.waitForSelector('[data-settings-wrong]');
    expect(await page.locator('[data-settings-wrong]').innerText()).toBe(`"mapping.values.0.quantity" is wrong (line ${line}).`);
    await page.fill('[name=feed-settings]', JSON.stringify(mapping));
    await page.click('button[form=feed-editor]');
    await page.waitForSelector('[data-token]');
    token = await page.inputValue('[data-token]');
    expect(token.length).toBeGreaterThan(20);
    await page.click('[data-kept]');
    expect(await page.content()).not.toContain(token);
    await cell(/waiting/);
  });

  test('what is pushed shows in its row: facts, quarantine, and why', async () => {
    expect(await push(JSON.stringify({ items: [{ id: 'P1', name: 'Market', free: 12 }] }))).toBe(204);
    await cell(/live/);
    expect(await push('{"items": [')).toBe(204);
    expect(await push(new Uint8Array([0xff, 0xfe, 0x00, 0x7e]), 'application/octet-stream')).toBe(204);
    await until('two are in quarantine', 20_000, async () => (await page.locator('[data-to-quarantine]').innerText()) === '2');
  });

  test('a record in quarantine is read to the byte, with its problem by name', async () => {
    await page.click('[data-to-quarantine]');
    await page.locator('.data-table [data-row]').nth(1).waitFor();
    await page.locator('.data-table [data-row]').nth(1).click();
    await until('the text of the record', 10_000, async () => (await page.locator('[data-content]').innerText()) === '{"items": [');
    await page.locator('.data-table [data-row]').nth(0).click();
    await until('its bytes', 10_000, async () => (await page.locator('[data-content]').innerText()).includes('ff fe 00 7e'));
    expect(await page.locator('.row-pane').innerText()).toMatch(/record-encoding|malformed/);
  });

  test('after the mapping was mended what is shown is read again', async () => {
    // A mapping that finds no list puts what it is sent into quarantine.
    const elsewhere = { mapping: { ...mapping.mapping, records: 'nothing.here' } };
    await hub.command('feed.update', { feedId: 'parking', settings: elsewhere });
    expect(await push(JSON.stringify({ items: [{ id: 'P2', name: 'Station', free: 3 }] }))).toBe(204);
    await page.click('[data-refresh]');
    await until('three are in quarantine', 20_000, async () => {
      await page.click('[data-refresh]');
      return (await page.locator('.data-table [data-row]').count()) === 3;
    });
    await hub.command('feed.update', { feedId: 'parking', settings: mapping });
    await page.click('[data-retry-shown]');
    await page.getByText('Read again: 1 taken, 2 still in quarantine').waitFor({ timeout: 30_000 });
    await until('two are left', 20_000, async () => (await page.locator('.data-table [data-row]').count()) === 2);
    const { items } = await hub.collection<{ entity: string; latest: Record<string, { value: unknown }> }>('assets');
    expect(items.map(({ entity, latest }) => [entity, latest['spaces-free']?.value]).sort()).toEqual([
      ['P1', 12],
      ['P2', 3],
    ]);
  });

  test('it is switched off, gets a new token, and is removed when that was confirmed', async () => {
    await page.click('[data-tab=list]');
    await page.click('[data-row=parking]');
    await page.click('[data-switch]');
    await cell(/off/);
    expect(await push('{}')).toBe(409);
    await page.click('[data-row=parking]');
    await page.click('[data-rotate]');
    await page.click('[data-confirm]');
    await page.waitForSelector('[data-token]');
    expect(await page.inputValue('[data-token]')).not.toBe(token);
    await page.click('[data-kept]');
    expect(await push('{}')).toBe(401);
    await page.click('[data-row=parking]');
    await page.click('[data-remove]');
    await page.click('[data-confirm]');
    await page.getByText('There are no feeds yet.').waitFor();
    expect((await hub.collection('feeds')).items).toEqual([]);
  });
});
