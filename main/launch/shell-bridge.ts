import { randomBytes } from 'node:crypto';
import type { Log } from '../contract/log.ts';
import { operatorActions, operatorKeyLength, type OperatorAction, type OperatorAnswer } from '../contract/shell.ts';
import type { Clock } from '../contract/time.ts';
import type { DevtoolsEvent, DevtoolsPipe } from './devtools-pipe.ts';
import { answerExpression, identifyExpression, longestCall, shellBridgeScript } from './shell-bridge-script.ts';

export interface ShellBridgeOptions {
  /** Of the hub: pages of any other have no bridge. */
  readonly origin: string;
  /** Of the product. */
  readonly version: string;
  readonly clock: Clock;
  /** Ends the bridge. */
  readonly over: AbortSignal;
  readonly log: Log;
  /** A page brings what somebody typed as the unlock key. Never rejects. */
  operate(key: string, action: OperatorAction | 'unlock'): Promise<OperatorAnswer>;
}

/** What a kiosk window offers its page, seen from our side. */
export interface PageBridge {
  /** Makes the page show for `forMs` which screen it is. */
  identify(forMs: number): void;
  /** Calls that were not heard: of a page that is not ours, of no known form, or too many at a time. */
  readonly dropped: number;
}

/** What a page asks for. */
export interface BridgeCall {
  readonly id: number;
  readonly key: string;
  readonly action: OperatorAction | 'unlock';
}

/** A person at a keyboard is slower. */
const callsAtMost = 20;
const callsWithinMs = 10_000;
/** A page that writes to its console and throws fills the inspector's memory, which nobody reads. */
const notesKept = 100;

/** A document of the outermost frame. */
interface Context {
  readonly uniqueId: string;
  readonly origin: string;
}

/** A page of the browser, as its session sees it. */
interface Page {
  readonly targetId: string;
  readonly session: string;
  readonly contexts: Map<number, Context>;
  notes: number;
}

/**
 * Offers the pages of a kiosk browser `window.taoduShell` before their own scripts run, over the browser's control channel: a function that the browser itself puts into each page
 * calls us, and answers are handed to the very document that asked. Where a page was there first it gets the bridge at once.
 */
export function openShellBridge(pipe: DevtoolsPipe, { origin, version, clock, over, log, operate }: ShellBridgeOptions): PageBridge {
  const names = { binding: `taodu${randomBytes(8).toString('hex')}`, hears: `taodu${randomBytes(8).toString('hex')}` };
  const source = shellBridgeScript({ origin, version, ...names });
  const pages = new Map<string, Page>();
  let calledAt: readonly number[] = [];
  let dropped = 0;

  /** What it answers is of no interest: a page that has gone refuses. */
  const tell = (method: string, params: object, session?: string) => void pipe.send(method, params, over, session).catch(() => {});
  const evaluate = (page: Page, { uniqueId }: Context, expression: string) =>
    tell('Runtime.evaluate', { expression, uniqueContextId: uniqueId, returnByValue: true, silent: true }, page.session);
  const drop = (why: string) => {
    dropped += 1;
    // Once a window: whoever calls again and again does not fill the log.
    if (dropped === 1) log.warn({ why }, 'a page asked its shell for what it may not');
  };

  const attached = ({ sessionId: session, targetInfo, waitingForDebugger }: AttachedToTarget) => {
    if (targetInfo.type === 'page' && ![...pages.values()].some(({ targetId }) => targetId === targetInfo.targetId)) {
      pages.set(session, { targetId: targetInfo.targetId, session, contexts: new Map(), notes: 0 });
      // In this order: the browser carries them out one after the other.
      tell('Runtime.enable', {}, session);
      tell('Runtime.addBinding', { name: names.binding }, session);
      // Without it the browser keeps scripts for new documents and runs none.
      tell('Page.enable', {}, session);
      tell('Page.addScriptToEvaluateOnNewDocument', { source, runImmediately: true }, session);
    }
    if (waitingForDebugger) tell('Runtime.runIfWaitingForDebugger', {}, session);
  };

  const called = async (page: Page, params: DevtoolsEvent['params']) => {
    if (params['name'] !== names.binding) return;
    const context = page.contexts.get(Number(params['executionContextId']));
    if (context?.origin !== origin) {
      drop('not ours');
      return;
    }
    const call = readCall(params['payload']);
    if (call === null) {
      drop('malformed');
      return;
    }
    const now = clock.monotonic();
    calledAt = calledAt.filter((at) => now - at < callsWithinMs);
    let answer: OperatorAnswer = { done: false, code: 'shell-does-not-answer' };
    if (calledAt.length >= callsAtMost) drop('too many');
    else {
      calledAt = [...calledAt, now];
      answer = await operate(call.key, call.action);
    }
    evaluate(page, context, answerExpression(names, call.id, answer));
  };

  const hear = ({ method, params, sessionId }: DevtoolsEvent) => {
    if (method === 'Target.attachedToTarget') attached(params as never);
    if (method === 'Target.detachedFromTarget') pages.delete(String(params['sessionId']));
    const page = sessionId === null ? undefined : pages.get(sessionId);
    if (!page) return;
    switch (method) {
      case 'Runtime.executionContextCreated': {
        const { id, uniqueId, origin: from, auxData } = params['context'] as ContextDescription;
        // The id of a page is that of its outermost frame. Worlds of their own are extensions'.
        if (auxData?.isDefault === true && auxData.frameId === page.targetId) page.contexts.set(id, { uniqueId, origin: from });
        break;
      }
      case 'Runtime.executionContextDestroyed':
        page.contexts.delete(Number(params['executionContextId']));
        break;
      case 'Runtime.executionContextsCleared':
        page.contexts.clear();
        break;
      case 'Runtime.bindingCalled':
        void called(page, params);
        break;
      case 'Runtime.consoleAPICalled':
      case 'Runtime.exceptionThrown':
        page.notes += 1;
        if (page.notes % notesKept === 0) tell('Runtime.discardConsoleEntries', {}, page.session);
    }
  };

  const stop = pipe.onEvent(hear);
  over.addEventListener('abort', stop, { once: true });
  if (over.aborted) stop();
  tell('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true, filter: [{ type: 'page' }] });

  return {
    get dropped() {
      return dropped;
    },
    identify(forMs) {
      for (const page of pages.values()) {
        for (const context of page.contexts.values()) {
          if (context.origin === origin) evaluate(page, context, identifyExpression(names, forMs));
        }
      }
    },
  };
}

/** What the browser says of a page that it lets us into; `waitingForDebugger`: it does nothing until it is told to. */
interface AttachedToTarget {
  readonly sessionId: string;
  readonly targetInfo: { readonly targetId: string; readonly type: string };
  readonly waitingForDebugger: boolean;
}

interface ContextDescription {
  readonly id: number;
  readonly uniqueId: string;
  readonly origin: string;
  readonly auxData?: { readonly isDefault?: boolean; readonly frameId?: string };
}

const known: ReadonlySet<string> = new Set(['unlock', ...operatorActions]);

/** What a page says; null when it has no form that our script gives it. */
export function readCall(payload: unknown): BridgeCall | null {
  if (typeof payload !== 'string' || payload.length > longestCall) return null;
  let said: unknown;
  try {
    said = JSON.parse(payload);
  } catch {
    return null;
  }
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return null;
  const { id, key, action, ...more } = said as Record<string, unknown>;
  if (Object.keys(more).length > 0 || typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) return null;
  if (typeof key !== 'string' || key.length > operatorKeyLength.most) return null;
  return typeof action === 'string' && known.has(action) ? { id, key, action: action as BridgeCall['action'] } : null;
}
