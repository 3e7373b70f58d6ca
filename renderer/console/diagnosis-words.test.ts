import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diagnosisStep, type DiagnosisResult } from '../../streams/contract.ts';
import { setLocale } from '../i18n/index.ts';
import { diagnosisText, factsOf, reasonOf, timeBars, verdictOf, type Diagnosis } from './diagnosis-words.ts';

beforeEach(() => setLocale('zh-CN'));
afterEach(() => setLocale('zh-CN'));

const step = (name: DiagnosisResult['step'], more: Partial<DiagnosisResult> = {}): DiagnosisResult => ({
  step: name,
  outcome: 'ok',
  ms: null,
  reason: null,
  params: {},
  ...more,
});
/** All steps, these ones otherwise. */
const steps = (...other: DiagnosisResult[]) => diagnosisStep.options.map((name) => other.find((one) => one.step === name) ?? step(name));
const refusedLogin = step('login', { outcome: 'failed', reason: 'source-login-refused', ms: 40 });

describe('the sentence on top', () => {
  test.each<[Pick<Diagnosis, 'failed' | 'steps'>, string, string, string]>([
    [{ failed: null, steps: steps() }, 'ok', '有画面，每一步都正常。', 'There is a picture; every step is well.'],
    [
      { failed: 'login', steps: steps(refusedLogin) },
      'failed',
      '停在“登录”：摄像机拒绝了用户名或密码。',
      'Stopped at: Login — The camera refused user name or password.',
    ],
    [
      { failed: 'decoder', steps: steps(step('decoder', { outcome: 'failed', reason: 'transcode-budget' })) },
      'failed',
      '摄像机有画面，大屏上没有：转码路数已达上限。',
      'The camera sends its picture, but the wall does not show it: No more pictures can be transcoded at the same time.',
    ],
    [
      { failed: null, steps: steps(step('loss', { outcome: 'warning', params: { percent: 1.5 } })) },
      'warning',
      '有画面，但有 1 处需要注意。',
      'There is a picture, but 1 step needs attention.',
    ],
  ])('%#: %s', (diagnosis, kind, zh, en) => {
    expect(verdictOf(diagnosis)).toEqual({ kind, words: zh });
    setLocale('en');
    expect(verdictOf(diagnosis)).toEqual({ kind, words: en });
  });
});

describe('one step', () => {
  test.each<[DiagnosisResult, string | null]>([
    [step('connect'), null],
    [
      step('connect', { outcome: 'failed', reason: 'source-unreachable', params: { host: '10.0.0.7', port: 554 } }),
      '连不上 10.0.0.7 的 554 端口，请检查网络和供电。',
    ],
    [step('loss', { outcome: 'warning', params: { percent: 1.5 } }), '丢包 1.5%，画面会有花屏或卡顿。'],
    [step('codec', { outcome: 'warning', params: { codec: 'h265', transcoding: true } }), '部分页面不能直接解码，正在转码为 H.264 播放。'],
    [step('decoder', { outcome: 'warning', reason: 'picture-black' }), '画面全黑。'],
  ])('%j: why', (result, words) => {
    expect(reasonOf(result)).toBe(words);
  });

  test.each<[DiagnosisResult, string[]]>([
    [step('directory', { params: { number: 'DS-1', kind: 'rtsp', address: '10.0.0.7:554' } }), ['DS-1', 'RTSP 取流', '10.0.0.7:554']],
    [step('connect', { params: { address: '10.0.0.7', port: 554, secure: false } }), ['10.0.0.7:554']],
    [step('connect', { params: { address: 'fd00::7', port: 554 } }), ['[fd00::7]:554']],
    [step('login', { params: { scheme: 'Digest SHA-256' } }), ['Digest SHA-256 认证']],
    [step('login', { params: { scheme: 'none' } }), ['不需要登录']],
    [step('codec', { params: { codec: 'h264', audio: 'pcma' } }), ['H.264', '音频 G.711 A']],
    [step('key-picture', { params: { codec: 'h264', size: '1920x1080', bytes: 90_000 } }), ['H.264', '1920 × 1080']],
    [step('lease', { params: { viewers: 0 } }), []],
    [step('codec', { params: { codec: 'h265', width: 2560, height: 1440, transcoding: false } }), ['H.265', '2560 × 1440']],
    [
      step('loss', { params: { transport: 'udp', fps: 25, kbps: 812, percent: 0, jitterMs: 3, packets: 9 } }),
      ['UDP', '25 fps', '812 kbps', '丢包 0%', '抖动 3 毫秒'],
    ],
    [step('decoder', { params: { screen: '左屏', state: 'live', fps: 25, frameAgeMs: 1300 } }), ['左屏', '实时', '25 fps', '延时 2 秒']],
    [step('connect', { outcome: 'failed', params: { address: '10.0.0.7' } }), []],
    [step('connect', { params: { kind: 'constructor', state: '__proto__' } }), ['constructor', '__proto__']],
  ])('%j: facts', (result, facts) => {
    expect(factsOf(result)).toEqual(facts);
  });

  test('bars lie one behind the other and fill the whole', () => {
    expect(timeBars([step('queue', { ms: 10 }), step('resolve'), step('connect', { ms: 30 })])).toEqual([
      { from: 0, width: 0.25 },
      null,
      { from: 0.25, width: 0.75 },
    ]);
    expect(timeBars([step('queue', { ms: 0 })])).toEqual([{ from: 0, width: 0 }]);
  });
});

test('as text it is whole: sentence, every step, every fact', () => {
  const diagnosis = {
    cameraId: 'c1',
    profile: 'sub',
    at: 1_700_000_000_000,
    tookMs: 240,
    failed: 'login',
    steps: steps(
      step('connect', { ms: 12, params: { address: '10.0.0.7', tls: false } }),
      refusedLogin,
      step('describe', { outcome: 'unknown' }),
    ),
  } as Diagnosis;
  setLocale('en');
  const lines = diagnosisText(diagnosis, { number: 'DS-1', name: 'East gate' }).split('\n');
  expect(lines.slice(0, 2)).toEqual(['Why is there no picture?', 'DS-1 · East gate · Sub stream']);
  expect(lines[3]).toBe('Stopped at: Login — The camera refused user name or password.');
  expect(lines).toContain('✓ Connection  10.0.0.7 · tls=false · 12 ms');
  expect(lines).toContain('✗ Login [failed]  The camera refused user name or password. · 40 ms');
  expect(lines).toContain('· Description [not reached]');
  expect(lines).toHaveLength(5 + diagnosisStep.options.length);
});
