import alertsEn from './messages/alerts.en.ts';
import alertsZh from './messages/alerts.zh-CN.ts';
import controlEn from './messages/control.en.ts';
import controlZh from './messages/control.zh-CN.ts';
import dispatchEn from './messages/dispatch.en.ts';
import dispatchZh from './messages/dispatch.zh-CN.ts';
import editorEn from './messages/editor.en.ts';
import editorZh from './messages/editor.zh-CN.ts';
import feedsEn from './messages/feeds.en.ts';
import feedsZh from './messages/feeds.zh-CN.ts';
import handoverEn from './messages/handover.en.ts';
import handoverZh from './messages/handover.zh-CN.ts';
import keypadEn from './messages/keypad.en.ts';
import keypadZh from './messages/keypad.zh-CN.ts';
import adminEn from './messages/admin.en.ts';
import adminZh from './messages/admin.zh-CN.ts';
import commonEn from './messages/common.en.ts';
import commonZh from './messages/common.zh-CN.ts';
import consoleEn from './messages/console.en.ts';
import consoleZh from './messages/console.zh-CN.ts';
import errorsEn from './messages/errors.en.ts';
import errorsZh from './messages/errors.zh-CN.ts';
import stageEn from './messages/stage.en.ts';
import stageZh from './messages/stage.zh-CN.ts';
import labelsEn from './messages/labels.en.ts';
import labelsZh from './messages/labels.zh-CN.ts';
import loginEn from './messages/login.en.ts';
import loginZh from './messages/login.zh-CN.ts';
import operatorEn from './messages/operator.en.ts';
import operatorZh from './messages/operator.zh-CN.ts';
import panelsEn from './messages/panels.en.ts';
import panelsZh from './messages/panels.zh-CN.ts';
import setupEn from './messages/setup.en.ts';
import setupZh from './messages/setup.zh-CN.ts';
import unitEn from './messages/unit.en.ts';
import unitZh from './messages/unit.zh-CN.ts';
import wallEn from './messages/wall.en.ts';
import wallZh from './messages/wall.zh-CN.ts';
import type { PathsOf, SameShape } from './shape.ts';
import type { Locale } from './locale.ts';

const zh = {
  alerts: alertsZh,
  common: commonZh,
  ...errorsZh,
  login: loginZh,
  console: consoleZh,
  wall: wallZh,
  admin: adminZh,
  control: controlZh,
  dispatch: dispatchZh,
  editor: editorZh,
  feeds: feedsZh,
  handover: handoverZh,
  keypad: keypadZh,
  labels: labelsZh,
  operator: operatorZh,
  panels: panelsZh,
  setup: setupZh,
  stage: stageZh,
  unit: unitZh,
};
const en: SameShape<typeof zh> = {
  alerts: alertsEn,
  common: commonEn,
  ...errorsEn,
  login: loginEn,
  console: consoleEn,
  wall: wallEn,
  admin: adminEn,
  control: controlEn,
  dispatch: dispatchEn,
  editor: editorEn,
  feeds: feedsEn,
  handover: handoverEn,
  keypad: keypadEn,
  labels: labelsEn,
  operator: operatorEn,
  panels: panelsEn,
  setup: setupEn,
  stage: stageEn,
  unit: unitEn,
};

export type Messages = SameShape<typeof zh>;

/** The path of one text, e.g. `common.tile.live`: a wrong one does not compile. */
export type MessageKey = PathsOf<typeof zh>;

/** Every text in both languages. */
export const messages: Record<Locale, Messages> = { 'zh-CN': zh, en };
