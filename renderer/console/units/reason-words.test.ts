import { afterEach, describe, expect, test } from 'vitest';
import { rankReason } from '../../../alerts/incident-contract.ts';
import { hasText, setLocale } from '../../i18n/index.ts';
import { capabilityName, distanceText, reasonWords } from './reason-words.ts';

afterEach(() => setLocale('zh-CN'));
const districtOf = (code: string) => (code === '329982' ? '陶都市' : code);

describe('why a unit stands where it stands', () => {
  test.each(rankReason.options)('%s has words in both languages', (code) => {
    expect(hasText(`dispatch.because.${code}`)).toBe(true);
  });
  test.each([
    ['distance', { metres: 1234, from: 'position' }, '当前位置距现场直线 1.2 公里', '1.2 km in a straight line from its position'],
    [
      'position-stale',
      { ageSeconds: 7200 },
      '位置已过时（2 小时前），不按距离排前',
      'position is stale (2 h old), so it does not count as near',
    ],
    ['chosen', { capability: 'traffic-police, tow' }, '建议派出：交警、清障车', 'proposed as Traffic police, Tow truck'],
    ['state', { state: 'returning' }, '状态：返回中', 'Returning'],
    ['district-foreign', { district: '329982' }, '不在辖区（陶都市）', 'not its district (陶都市)'],
    ['not-available', { state: 'outOfService', reason: '' }, '不能派遣：停用', 'cannot be sent: Out of service'],
    ['busy', { taskId: 't', queued: 2 }, '正在执行任务，可排在其后（已排 2 项）', 'has a task; can take this one after it (2 waiting)'],
  ] as const)('%s', (code, params, zh, en) => {
    expect(reasonWords({ code, params }, districtOf)).toBe(zh);
    setLocale('en');
    expect(reasonWords({ code, params }, districtOf)).toBe(en);
  });
  test('what this page has no words for is said as it is', () => {
    expect(reasonWords({ code: 'moon-phase', params: {} }, districtOf)).toBe('moon-phase');
    expect(capabilityName('sled-dogs')).toBe('sled-dogs');
  });
  test.each([
    [0, '0 米'],
    [994, '990 米'],
    [1000, '1.0 公里'],
    [25_400, '25 公里'],
  ])('%i metres', (metres, words) => {
    expect(distanceText(metres)).toBe(words);
  });
});
