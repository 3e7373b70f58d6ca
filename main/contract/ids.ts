import { z } from 'zod';

/** What every id may look like: it travels in URLs, file names and logs, so only unreserved characters, bounded. */
const idText = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

const brand = <B extends string>() => idText.transform((text) => text as string & { readonly __id: B });

/** Opaque id of a camera; what people say and key in is its `number`. */
export type CameraId = string & { readonly __id: 'camera' };
export type WallId = string & { readonly __id: 'wall' };
export type ScreenId = string & { readonly __id: 'screen' };
export type LayoutId = string & { readonly __id: 'layout' };
export type PresetId = string & { readonly __id: 'preset' };
export type HoldId = string & { readonly __id: 'hold' };
export type HandoverId = string & { readonly __id: 'handover' };
export type UserId = string & { readonly __id: 'user' };
export type SessionId = string & { readonly __id: 'session' };
export type FeedId = string & { readonly __id: 'feed' };
export type SystemId = string & { readonly __id: 'system' };
export type AlertId = string & { readonly __id: 'alert' };
export type SilenceId = string & { readonly __id: 'silence' };
export type IncidentId = string & { readonly __id: 'incident' };
export type TaskId = string & { readonly __id: 'task' };
export type UnitId = string & { readonly __id: 'unit' };
export type CommandId = string & { readonly __id: 'command' };
export type LeaseId = string & { readonly __id: 'lease' };
export type PlaybackId = string & { readonly __id: 'playback' };

export const cameraId: z.ZodType<CameraId, string> = brand<'camera'>();
export const wallId: z.ZodType<WallId, string> = brand<'wall'>();
export const screenId: z.ZodType<ScreenId, string> = brand<'screen'>();
export const layoutId: z.ZodType<LayoutId, string> = brand<'layout'>();
export const presetId: z.ZodType<PresetId, string> = brand<'preset'>();
export const holdId: z.ZodType<HoldId, string> = brand<'hold'>();
export const handoverId: z.ZodType<HandoverId, string> = brand<'handover'>();
export const userId: z.ZodType<UserId, string> = brand<'user'>();
export const sessionId: z.ZodType<SessionId, string> = brand<'session'>();
export const commandId: z.ZodType<CommandId, string> = brand<'command'>();
export const leaseId: z.ZodType<LeaseId, string> = brand<'lease'>();
export const feedId: z.ZodType<FeedId, string> = brand<'feed'>();
export const systemId: z.ZodType<SystemId, string> = brand<'system'>();
export const alertId: z.ZodType<AlertId, string> = brand<'alert'>();
export const silenceId: z.ZodType<SilenceId, string> = brand<'silence'>();
export const incidentId: z.ZodType<IncidentId, string> = brand<'incident'>();
export const taskId: z.ZodType<TaskId, string> = brand<'task'>();
export const unitId: z.ZodType<UnitId, string> = brand<'unit'>();
