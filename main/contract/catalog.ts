import { accountCollections, accountCommands } from './accounts.ts';
import { auditCollections, auditCommands } from './audit.ts';
import { commandCollections, commandCommands } from './commands.ts';
import { deskCollections, deskCommands } from './desk.ts';
import type { ArgsOf, CommandHandler, InputOf, ResultOf } from './define-command.ts';
import type { EntityOf } from './define-collection.ts';
import { operationCollections, operationCommands } from './operations.ts';
import { alarmCollections, alarmCommands } from '../../layouts/alarm-contract.ts';
import { controlCollections, controlCommands } from '../../layouts/control-contract.ts';
import { layoutCollections, layoutCommands } from '../../layouts/contract.ts';
import { alertCollections, alertCommands } from '../../alerts/contract.ts';
import { incidentCollections, incidentCommands } from '../../alerts/incident-contract.ts';
import { streamCollections, streamCommands } from '../../streams/contract.ts';
import { feedCollections, feedCommands } from '../../streams/feed-contract.ts';

/** Every command there is. What is not listed cannot be called. The one file of the contract that knows the rooms. */
export const commands = [
  ...accountCommands,
  ...auditCommands,
  ...commandCommands,
  ...operationCommands,
  ...streamCommands,
  ...layoutCommands,
  ...controlCommands,
  ...alarmCommands,
  ...deskCommands,
  ...feedCommands,
  ...alertCommands,
  ...incidentCommands,
] as const;

/** Every collection there is. */
export const collections = [
  ...accountCollections,
  ...auditCollections,
  ...commandCollections,
  ...operationCollections,
  ...streamCollections,
  ...layoutCollections,
  ...controlCollections,
  ...alarmCollections,
  ...deskCollections,
  ...feedCollections,
  ...alertCollections,
  ...incidentCollections,
] as const;

export type Command = (typeof commands)[number];
export type CommandName = Command['name'];
export type CommandOf<N extends CommandName> = Extract<Command, { name: N }>;
export type CommandArgs<N extends CommandName> = ArgsOf<CommandOf<N>>;
export type CommandInput<N extends CommandName> = InputOf<CommandOf<N>>;
export type CommandResult<N extends CommandName> = ResultOf<CommandOf<N>>;

export type CollectionName = (typeof collections)[number]['name'];
export type CollectionOf<N extends CollectionName> = Extract<(typeof collections)[number], { name: N }>;
export type Entity<N extends CollectionName> = EntityOf<CollectionOf<N>>;

/** A room's part of the handlers; the hub puts the parts together and fails to start when one is missing. */
export type Handlers<N extends CommandName = CommandName> = { readonly [K in N]: CommandHandler<CommandOf<K>> };
