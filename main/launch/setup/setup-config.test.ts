import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { configSchema } from '../../config/config.ts';
import { setupConfig } from './setup-config.ts';

test.each([
  [{ locale: 'zh-CN', port: null }, null],
  [{ locale: 'zh-CN', port: 8600 }, null],
  [{ locale: 'en', port: null }, { locale: 'en' }],
  [
    { locale: 'en', port: 8610 },
    { locale: 'en', hub: { port: 8610 } },
  ],
] as const)('%j is written as what differs from the defaults', (chosen, expected) => {
  const written: unknown = parse(setupConfig(chosen));
  expect(written).toEqual(expected);
  expect(configSchema.safeParse(written ?? {}).success).toBe(true);
});
