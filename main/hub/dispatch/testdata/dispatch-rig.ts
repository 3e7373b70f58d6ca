import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandInput, CommandName, CommandResult } from '../../../contract/catalog.ts';
import { commands } from '../../../contract/catalog.ts';
import type { AnyCommand, CommandContext, CommandHandler } from '../../../contract/define-command.ts';
import { configSchema } from '../../../config/config.ts';
import type { Problem } from '../../../contract/errors.ts';
import type { CameraId, CommandId, SessionId, UnitId, UserId } from '../../../contract/ids.ts';
import { silentLog } from '../../../contract/log.ts';
import { rolePermissions } from '../../../contract/permissions.ts';
import type { Principal } from '../../../contract/principal.ts';
import { ok, type Result } from '../../../contract/result.ts';
import { wholeCity } from '../../../contract/scope.ts';
import type { Incident, IncidentLogEntry, Task, Unit } from '../../../../alerts/incident-contract.ts';
import type { AlertSignal } from '../../../../alerts/index.ts';
import { openLedger, type SqliteLedger } from '../../ledger/open-ledger.ts';
import { createLatestValues } from '../../readings/latest-values.ts';
import { ManualClock } from '../../readings/manual-clock.ts';
import { createDispatchRoom, type DispatchRoom } from '../dispatch-room.ts';
import { createIncidentRecords } from '../incident-records.ts';

/** A Friday at nine in the morning, by the clocks of the city. */
export const friday = Date.UTC(2026, 10, 27, 1);

export const person = (name: string, more: Partial<Principal> = {}): Principal => ({
  sessionId: `session-${name}` as SessionId,
  userId: `user-${name}` as UserId,
  name,
  roles: ['dispatcher'],
  permissions: new Set(rolePermissions.dispatcher),
  scope: wholeCity,
  screen: null,
  barrier: null,
  ...more,
});
export const fieldOf = (unitId: string): Principal =>
  person(`field-${unitId}`, { roles: ['unit'], permissions: new Set(rolePermissions.unit), unit: unitId as UnitId });

/** The room of dispatch on a ledger of its own, without doors: commands are done as the gateway does them. */
export class DispatchRig {
  readonly clock = new ManualClock(friday);
  readonly #folder = mkdtempSync(join(tmpdir(), 'taodu-dispatch-'));
  ledger!: SqliteLedger;
  room!: DispatchRoom;
  readonly #demo: boolean;
  #commands = 0;
  links = 0;
  /** What the room of alerts was told. */
  readonly told: AlertSignal[] = [];
  /** The cameras that stand near every place. */
  near: readonly CameraId[] = [];

  constructor(demo = false) {
    this.#demo = demo;
    this.#open();
  }

  #open(): void {
    this.ledger = openLedger(this.#folder, { changesKept: 100, clock: this.clock, log: silentLog });
    // What survives a power cut is not what is tried here.
    this.ledger.database.pragma('synchronous = OFF');
    this.room = createDispatchRoom({
      ledger: this.ledger,
      latest: createLatestValues({ flushMs: 100, clock: this.clock }),
      dataFolder: this.#folder,
      timeZone: 'Asia/Shanghai',
      mayKeepPhotos: () => true,
      tell: (signals) => void this.told.push(...signals),
      camerasNear: () => [...this.near],
      cases: configSchema.parse({}).cases,
      demo: this.#demo,
      fieldLinks: { create: () => ({ url: `https://hub/unit/${(this.links += 1)}`, expiresAt: 0, store() {} }) },
      clock: this.clock,
      log: silentLog,
    });
    this.room.start();
  }

  async restart(): Promise<void> {
    await this.room.stop();
    this.ledger.close();
    this.#open();
  }

  async end(): Promise<void> {
    await this.room.stop();
    this.ledger.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  run<N extends CommandName>(name: N, args: CommandInput<N>, principal: Principal = person('wang')): Result<CommandResult<N>, Problem> {
    const definition = (commands as readonly AnyCommand[]).find((one) => one.name === name)!;
    const handler = (this.room.handlers as Readonly<Record<string, CommandHandler<AnyCommand>>>)[name]!;
    const commandId = `command-${(this.#commands += 1)}` as CommandId;
    const context: CommandContext = {
      commandId,
      principal,
      from: { door: 'http', address: '10.0.0.7', workstation: 'desk 1' },
      approvedBy: null,
      now: this.clock.now(),
      signal: new AbortController().signal,
      commitPart: () => {
        throw new Error('no parts');
      },
    };
    const outcome = handler(definition.args.parse(args), context);
    if (outcome instanceof Promise) throw new Error(`${name} does not decide at once`);
    if (!outcome.ok) return outcome;
    const { changes = [], secrets = [], alongside, afterCommit, result } = outcome.value;
    this.ledger.transact({ changes, secrets, cause: { kind: 'command', id: commandId, by: principal.name } }, () => alongside?.());
    void afterCommit?.();
    return ok(definition.result.parse(result) as CommandResult<N>);
  }

  /** One that must be done. */
  done<N extends CommandName>(name: N, args: CommandInput<N>, principal?: Principal): CommandResult<N> {
    const answer = this.run(name, args, principal);
    if (!answer.ok) throw new Error(`${name}: ${answer.error.code} ${JSON.stringify(answer.error.params)}`);
    return answer.value;
  }

  /** The code of a refusal; null when it was done. */
  refusal<N extends CommandName>(name: N, args: CommandInput<N>, principal?: Principal): string | null {
    const answer = this.run(name, args, principal);
    return answer.ok ? null : answer.error.code;
  }

  incident = (id: string) => this.ledger.get('incidents', id) as Incident | undefined;
  unit = (id: string) => this.ledger.get('units', id) as Unit | undefined;
  task = (id: string) => this.ledger.get('tasks', id) as Task | undefined;
  all = <T extends 'incidents' | 'units' | 'tasks' | 'alerts'>(name: T) =>
    [...this.ledger.all(name)] as { incidents: Incident; units: Unit; tasks: Task; alerts: never }[T][];

  log(incidentId: string): readonly IncidentLogEntry[] {
    return createIncidentRecords(this.ledger).read(incidentId, 0, 100_000);
  }
}
