import type { Alert } from '../../../alerts/contract.ts';
import type { StillScene } from '../../../layouts/contract.ts';
import { emptyScene, fillEmpty } from '../../../layouts/scene-edit.ts';
import type { CommandInput, CommandName, CommandResult } from '../../../main/contract/catalog.ts';
import { ProblemError } from '../../../main/contract/errors.ts';
import type { AlertId, SilenceId, WallId } from '../../../main/contract/ids.ts';
import { timeText } from '../../i18n/format.ts';
import type { DeskContext } from '../desk-context.ts';
import { momentText } from '../handover/moment-text.ts';
import type { useNotices } from '../stores/notices.ts';

/** What the keys and the buttons of the list do. */
export type AlertAction =
  | 'acknowledge'
  | 'acknowledgeSeen'
  | 'shelve'
  | 'unshelve'
  | 'silence'
  | 'cameras'
  | 'spot'
  | 'incident'
  | 'giveBack';

/** What a desk does about alerts, each with its notice. Answers whether it was done. */
export interface AlertControl {
  acknowledge(alerts: readonly Alert[]): Promise<boolean>;
  shelve(alert: Alert, minutes: number, reason: string): Promise<boolean>;
  unshelve(alert: Alert): Promise<boolean>;
  silence(args: CommandInput<'silence.create'>): Promise<boolean>;
  endSilence(silenceId: string): Promise<boolean>;
  /** Puts the cameras near an alert on the chosen screen, in place of what it shows. */
  showCameras(alert: Alert): Promise<boolean>;
  giveBack(wallId: string, alertId: string): Promise<boolean>;
}

/** As many alerts as one command acknowledges. */
const acknowledgedAtOnce = 500;

/** A grid in which so many pictures are as large as they can be. */
const gridFor = (count: number): StillScene => {
  const rows = count <= 2 ? 1 : 2;
  return emptyScene({ kind: 'grid', rows, cols: Math.max(1, Math.ceil(count / rows)) });
};

export function createAlertControl(
  { hub, changes, screen, directory }: Pick<DeskContext, 'hub' | 'changes' | 'screen' | 'directory'>,
  notices: ReturnType<typeof useNotices>,
): AlertControl {
  async function run<N extends CommandName>(name: N, args: CommandInput<N>): Promise<CommandResult<N> | null> {
    try {
      return await hub.command(name, args);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      notices.fail(error.problem);
      return null;
    }
  }

  return {
    async acknowledge(alerts) {
      const open = alerts.filter(({ acknowledged }) => acknowledged === null).map(({ id }) => id);
      if (open.length === 0) {
        notices.refuse('alerts.notice.nothingToAcknowledge');
        return false;
      }
      const done = await run('alert.acknowledge', { alertIds: open.slice(0, acknowledgedAtOnce) });
      if (done === null) return false;
      const [other] = done.already;
      if (done.acknowledged > 0 || !other) notices.done('alerts.notice.acknowledged', { n: done.acknowledged }, done.acknowledged);
      else notices.refuse('alerts.notice.already', { by: other.by, time: timeText(other.at) });
      return done.acknowledged > 0;
    },
    async shelve({ id }, minutes, reason) {
      const done = await run('alert.shelve', { alertId: id, minutes, reason });
      if (done) notices.done('alerts.notice.shelved', { time: momentText(done.until, hub.hubNow()) });
      return done !== null;
    },
    async unshelve({ id, shelved }) {
      if (shelved === null) {
        notices.refuse('alerts.notice.notShelved');
        return false;
      }
      const done = await run('alert.unshelve', { alertId: id });
      if (done) notices.done('alerts.notice.unshelved');
      return done !== null;
    },
    async silence(args) {
      const done = await run('silence.create', args);
      if (done) notices.done('alerts.notice.silenced', { time: momentText(done.endsAt, hub.hubNow()) });
      return done !== null;
    },
    async endSilence(silenceId) {
      const done = await run('silence.end', { silenceId: silenceId as SilenceId });
      if (done) notices.done('alerts.notice.silenceEnded');
      return done !== null;
    },
    async showCameras({ cameras }) {
      const there = cameras.filter((id) => directory.camera(id) !== undefined);
      const place = screen.value;
      if (there.length === 0) notices.refuse('alerts.notice.noCameras');
      else if (!place) notices.refuse('console.notice.selectTile');
      if (there.length === 0 || !place) return false;
      const panels = there.map((cameraId) => ({ panel: 'video', cameraId, profile: 'auto' }) as const);
      return changes.show(place, {
        scene: () => fillEmpty(gridFor(panels.length), panels).scene,
        done: () => notices.done('alerts.notice.cameras', { n: panels.length, screen: place.view.screen.name }, panels.length),
      });
    },
    async giveBack(wallId, alertId) {
      const done = await run('wall.alarm-return', { wallId: wallId as WallId, alertId: alertId as AlertId });
      if (done) notices.done('alerts.notice.givenBack');
      return done !== null;
    },
  };
}
