import { layoutCommands, type Scene, type Wall } from '../../../../../layouts/contract.ts';
import { controlCommands, holdEntity, type Hold } from '../../../../../layouts/control-contract.ts';
import type { CommandInput } from '../../../../contract/catalog.ts';
import type { AnyCommand, CommandContext, CommandHandler, Outcome } from '../../../../contract/define-command.ts';
import type { Problem } from '../../../../contract/errors.ts';
import type { CommandId, SessionId, UserId } from '../../../../contract/ids.ts';
import type { Commit } from '../../../../contract/ledger.ts';
import { silentLog } from '../../../../contract/log.ts';
import { rolePermissions, type Role } from '../../../../contract/permissions.ts';
import type { Principal } from '../../../../contract/principal.ts';
import { ok, type Result } from '../../../../contract/result.ts';
import { wholeCity } from '../../../../contract/scope.ts';
import type { AuditEnd, AuditSubject } from '../../../audit/audit-log.ts';
import { MemoryLedger } from '../../../ledger/memory-ledger.ts';
import type { LedgerWrite } from '../../../ledger/open-ledger.ts';
import { createLatestValues } from '../../../readings/latest-values.ts';
import { ManualClock } from '../../../readings/manual-clock.ts';
import { createScopeLookup } from '../../../scope-lookup.ts';
import { createPresets, type Presets } from '../../presets/presets.ts';
import { storedScene } from '../../stored-scene.ts';
import { createWalls, type WallCommand, type Walls } from '../../wall-service.ts';
import { createHolds, type Holds } from '../holds.ts';

/** A clock that somebody can set, beside one that nobody can. */
export class SettableClock extends ManualClock {
  #offMs = 0;
  override now(): number {
    return super.now() + this.#offMs;
  }
  set(byMs: number): void {
    this.#offMs += byMs;
  }
}

/** A ledger in memory that takes other rows along. */
export class RigLedger extends MemoryLedger {
  transact({ changes, cause, secrets }: LedgerWrite, alongside: () => void): Commit | null {
    alongside();
    return changes.length > 0 ? this.commit(changes, cause, secrets) : null;
  }
}

const cause = { kind: 'command', id: 'test', by: 'test' } as const;

export const userIdOf = (name: string) => `u-${name}` as UserId;

/** Somebody with this name and role. */
export const person = (name: string, ...roles: Role[]): Principal => ({
  sessionId: `session-${name}` as SessionId,
  userId: userIdOf(name),
  name,
  roles,
  permissions: new Set(roles.flatMap((role) => rolePermissions[role])),
  scope: wholeCity,
  screen: null,
  barrier: null,
});

export const video = (cameraId: string) => ({ panel: 'video' as const, cameraId });
/** A grid of so many rows and columns that shows these cameras; '' leaves a tile empty. */
export const grid = (rows: number, cols: number, ...cameras: string[]) => ({
  kind: 'grid' as const,
  rows,
  cols,
  tiles: cameras.map((id) => (id === '' ? null : video(id))),
});

type RigCommand = keyof Holds['handlers'] | keyof Presets['handlers'] | WallCommand;
type Answer = Result<Outcome<unknown>, Problem>;

/** Walls, holds and presets over a ledger in memory, with ten cameras `c0` to `c9` and the accounts of `people`. */
export function holdsRig(people: readonly Principal[], ledger = new RigLedger(), clock = new SettableClock()) {
  const audit: { subject: AuditSubject; end: AuditEnd }[] = [];
  const latest = createLatestValues({ flushMs: 100, clock });
  let holds: Holds;
  let walls: Walls;
  let presets: Presets;
  let handlers: Readonly<Record<string, CommandHandler<AnyCommand>>>;

  const put = (collection: string, key: string, value: object) => void ledger.commit([{ collection, op: 'put', key, value }], cause);
  const remove = (collection: string, key: string) => void ledger.commit([{ collection, op: 'delete', key }], cause);
  const setUser = ({ userId, name, roles }: Principal, more: object = {}) =>
    put('users', userId, { id: userId, name, roles, denied: [], disabled: false, ...more });

  /** As a hub does when it starts over what it left. */
  const open = () => {
    holds = createHolds({
      ledger,
      audit: {
        close: (subject, end) => {
          audit.push({ subject, end });
          return undefined as never;
        },
      },
      clock,
      log: silentLog,
    });
    const toShow = (scene: Scene, now: number) => ok(storedScene(scene, now));
    walls = createWalls({
      ledger,
      latest,
      clock,
      holds,
      toShow,
      makeLink: () => ({ url: '', expiresAt: 0 }),
      endScreen: () => undefined,
    });
    presets = createPresets({ ledger, holds, lookup: createScopeLookup(ledger, () => undefined), toShow });
    walls.start();
    handlers = { ...walls.handlers, ...holds.handlers, ...presets.handlers } as unknown as typeof handlers;
    holds.start();
  };

  if (ledger.seq === 0) {
    for (let n = 0; n < 10; n += 1) put('cameras', `c${n}`, { id: `c${n}` });
    for (const one of people) setUser(one);
  }
  open();

  return {
    ledger,
    clock,
    audit,
    put,
    remove,
    setUser,
    get holds() {
      return holds;
    },
    /** What the command gateway does: parses the arguments, runs the handler, commits what it decided. */
    run<N extends RigCommand>(name: N, input: CommandInput<N>, by: Principal | null): Answer {
      const definition = [...layoutCommands, ...controlCommands].find((command) => command.name === name)! as AnyCommand;
      const context: CommandContext = {
        commandId: 'k' as unknown as CommandId,
        principal: by,
        from: { door: 'socket', address: '127.0.0.1', workstation: null },
        approvedBy: null,
        now: clock.now(),
        signal: new AbortController().signal,
        commitPart: (changes) => ledger.commit(changes, cause),
      };
      const outcome = handlers[name]!(definition.args.parse(input), context) as Answer;
      if (outcome.ok) {
        definition.result.parse(outcome.value.result);
        const { changes = [] } = outcome.value;
        for (const change of changes) if (change.collection === 'holds' && change.op === 'put') holdEntity.parse(change.value);
        if (changes.length > 0) ledger.commit(changes, cause);
        void outcome.value.afterCommit?.();
      }
      return outcome;
    },
    /** Ends this hub and starts another over what it left. */
    async restart() {
      await holds.stop();
      open();
    },
    async stop() {
      await holds.stop();
      latest.stop();
    },
    wall: (id = 'main') => ledger.get('walls', id) as Wall,
    screen: (id: string) => (ledger.get('walls', 'main') as Wall).screens.find((one) => one.id === id)!,
    hold: (id: string) => ledger.get('holds', id) as Hold | undefined,
    allHolds: () => [...ledger.all('holds')] as Hold[],
  };
}

/** The result of something that was done; fails when it was refused. */
export function resultOf<T>(answer: Answer): T {
  if (!answer.ok) throw new Error(`${answer.error.code} ${JSON.stringify(answer.error.params)}`);
  return answer.value.result as T;
}
