import { createPinia, setActivePinia } from 'pinia';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { argsOfCall, isBlank, newCallDraft, rewordPlace, spotPlace } from './call-draft.ts';
import { draftsAtMost, useCallDrafts } from './call-drafts.ts';

const proposed = { level: 'III', title: '解放路 交通事故' } as const;

/** Another page of the same tab. */
function reload(userId = 'u1') {
  setActivePinia(createPinia());
  const calls = useCallDrafts();
  calls.restore(userId);
  return calls;
}
beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
});

describe('calls that are being typed', () => {
  test('outlive a reload, with the number, and leave nothing outside of this tab', () => {
    const calls = reload();
    calls.open();
    Object.assign(calls.current!, { placeText: '解放路', phone: '13800000000' });
    const again = reload();
    expect(again.current).toMatchObject({ placeText: '解放路', phone: '13800000000' });
    expect(again.shown).toBe(true);
    expect(localStorage.length).toBe(0);
  });

  test('another person at this tab gets none of it, and neither does the first one afterwards', () => {
    const calls = reload('u1');
    calls.open();
    calls.current!.phone = '13800000000';
    expect(reload('u2').drafts).toEqual([]);
    expect(JSON.stringify({ ...sessionStorage })).not.toContain('138');
    expect(reload('u1').drafts).toEqual([]);
  });

  test('a call from an alert waits beside the one that is being typed', () => {
    const calls = reload();
    calls.open();
    calls.current!.text = '着火了';
    calls.open({ alertIds: ['a1'] });
    expect(calls.drafts).toHaveLength(2);
    expect(calls.current).toMatchObject({ alertIds: ['a1'], by: 'alert', text: '' });
    calls.drop(calls.current!.id);
    expect(calls.current).toMatchObject({ text: '着火了' });
  });

  test('an empty form makes room, a full desk keeps what it has', () => {
    const calls = reload();
    calls.open();
    calls.open({ alertIds: ['a1'] });
    expect(calls.drafts).toHaveLength(1);
    for (let index = 0; index < draftsAtMost + 3; index++) calls.open({ text: `call ${index}` });
    expect(calls.drafts).toHaveLength(draftsAtMost);
    expect(calls.drafts[0]!.alertIds).toEqual(['a1']);
  });

  test('asked for again the form only takes the focus', () => {
    const calls = reload();
    calls.open();
    calls.current!.text = 'x';
    const before = calls.asked;
    calls.open();
    expect([calls.drafts.length, calls.current!.text, calls.asked]).toEqual([1, 'x', before + 1]);
  });

  test('a storage that refuses costs the memory of the next page alone', () => {
    const calls = reload();
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    calls.open({ text: 'x' });
    expect(calls.current!.text).toBe('x');
    vi.restoreAllMocks();
  });

  test('whatever stands in the storage, a page opens', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), fc.json(), (whole, drafts) => {
        for (const kept of [whole, `{"userId":"u1","drafts":[${drafts}]}`, `{"userId":"u1","drafts":${drafts}}`]) {
          sessionStorage.setItem('taodu.calls', kept);
          const calls = reload();
          for (const draft of calls.drafts) {
            isBlank(draft);
            argsOfCall(draft, proposed);
          }
        }
      }),
      { seed: 20_261_127, numRuns: 200 },
    );
  });
});

describe('the command of a call', () => {
  test('without a type there is none', () => {
    expect(argsOfCall(newCallDraft('d', { text: 'x' }), proposed)).toBeNull();
  });
  test('what nobody said is nothing, what the type proposes is taken', () => {
    expect(argsOfCall({ ...newCallDraft('d'), type: 'traffic.accident', placeText: ' 解放路 ', startedAt: 5 }, proposed)).toEqual({
      type: 'traffic.accident',
      level: 'III',
      title: '解放路 交通事故',
      place: { lat: null, lon: null, datum: 'wgs84', district: null, text: '解放路' },
      report: { by: 'phone', text: null, reporter: null, phone: null },
      alertIds: [],
      cameraIds: [],
      drill: false,
      reportedAt: 5,
      answeredAt: 5,
    });
  });
  test('what a person chose outranks the proposals; an alert has times of its own', () => {
    const args = argsOfCall(
      { ...newCallDraft('d', { alertIds: ['a'] }), type: 'fire', level: 'I', title: '大火', drill: true, startedAt: 5 },
      proposed,
    );
    expect(args).toMatchObject({ level: 'I', title: '大火', drill: true, alertIds: ['a'], report: { by: 'alert' } });
    expect(args).not.toHaveProperty('reportedAt');
  });
});

describe('the words of a place', () => {
  test('keep where it is while they name it, and lose it with other words', () => {
    const draft = newCallDraft('d');
    Object.assign(draft, { placeText: '人民路口', placedBy: '人民路口', placed: { lat: 1, lon: 2, datum: 'wgs84', district: null } });
    rewordPlace(draft, '人民路口北侧');
    expect(draft.placed).not.toBeNull();
    rewordPlace(draft, '人民路');
    expect([draft.placed, draft.placedBy, draft.placeText]).toEqual([null, null, '人民路']);
  });
  test('that are a position are where it is, in the district that somebody chose', () => {
    const type = (words: string, lon: number) => (rewordPlace(draft, words), spotPlace(draft, { lat: 31.36, lon, datum: 'wgs84' }));
    const draft = newCallDraft('d');
    draft.placed = { lat: null, lon: null, datum: 'wgs84', district: '320282' };
    type('31.36, 119.8', 119.8);
    type('31.36, 119.82', 119.82);
    expect(draft.placed).toEqual({ lat: 31.36, lon: 119.82, datum: 'wgs84', district: '320282' });
    rewordPlace(draft, '31.36, 119.82 对面');
    expect(draft.placed).not.toBeNull();
    rewordPlace(draft, '人民路');
    expect([draft.placed, draft.placedBy]).toEqual([null, null]);
  });
  test('that are a position leave the district of the place that was taken before', () => {
    const draft = newCallDraft('d');
    Object.assign(draft, { placeText: '人民路口', placedBy: '人民路口', placed: { lat: 1, lon: 2, datum: 'gcj02', district: '320281' } });
    draft.placeText = '31.36, 119.82';
    spotPlace(draft, { lat: 31.36, lon: 119.82, datum: 'wgs84' });
    expect(draft.placed).toEqual({ lat: 31.36, lon: 119.82, datum: 'wgs84', district: null });
  });
});

test('a call that was put aside stays aside after a reload', () => {
  const calls = reload();
  calls.open({ text: 'x' });
  calls.shown = false;
  const again = reload();
  expect([again.shown, again.drafts.length]).toEqual([false, 1]);
});
