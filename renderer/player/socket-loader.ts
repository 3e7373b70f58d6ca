import type {
  HlsConfig,
  Loader,
  LoaderCallbacks,
  LoaderConfiguration,
  LoaderContext,
  LoaderResponse,
  LoaderStats,
  RetryConfig,
} from 'hls.js';
import type { ErrorCode } from '../../main/contract/errors.ts';
import type { FetchRecord } from '../../streams/wire/fetch-record.ts';
import type { RelaySocket } from './relay-socket.ts';

const newStats = (): LoaderStats => ({
  aborted: false,
  loaded: 0,
  retry: 0,
  total: 0,
  chunkCount: 0,
  bwEstimate: 0,
  loading: { start: 0, first: 0, end: 0 },
  parsing: { start: 0, end: 0 },
  buffering: { start: 0, first: 0, end: 0 },
});

/**
 * While a stream has only its first part, hls.js asks for that part again and again, as fast as it is answered, because the browser's
 * buffer ends a microsecond before the part does. The same thing is not fetched twice within this time.
 */
const sameAgainAfterMs = 150;

/**
 * A loader class for hls.js that fetches over the page's relay socket instead of HTTP; same contract as hls.js's own fetch loader:
 * used once, time-outs and retries by the load policy it is given, an abort is told, nothing is called back after `destroy`.
 * `onProblem` hears the relay's own error code of a failed fetch, which hls.js has no place for.
 */
export function socketLoader(socket: RelaySocket, onProblem: (code: ErrorCode) => void): new (config: HlsConfig) => Loader<LoaderContext> {
  let last = { url: '', at: Number.NEGATIVE_INFINITY };
  return class SocketLoader implements Loader<LoaderContext> {
    context: LoaderContext | null = null;
    stats: LoaderStats = newStats();
    #config: LoaderConfiguration | null = null;
    #callbacks: LoaderCallbacks<LoaderContext> | null = null;
    #contentType: string | null = null;
    #cancel: (() => void) | null = null;
    #timeout: ReturnType<typeof setTimeout> | undefined;
    #retry: ReturnType<typeof setTimeout> | undefined;

    load(context: LoaderContext, config: LoaderConfiguration, callbacks: LoaderCallbacks<LoaderContext>): void {
      if (this.stats.loading.start) throw new Error('Loader can only be used once.');
      this.stats.loading.start = performance.now();
      this.context = context;
      this.#config = config;
      this.#callbacks = callbacks;
      const waitMs = context.url === last.url ? last.at + sameAgainAfterMs - performance.now() : 0;
      if (waitMs <= 0) this.#ask();
      else this.#retry = setTimeout(() => this.#ask(), waitMs);
    }

    abort(): void {
      this.#drop();
      if (this.context) this.#callbacks?.onAbort?.(this.stats, this.context, null);
    }

    destroy(): void {
      this.#callbacks = null;
      this.#drop();
      this.#config = null;
      this.context = null;
    }

    getCacheAge(): number | null {
      return null; // nothing stands between the relay and this page
    }

    getResponseHeader(name: string): string | null {
      return name.toLowerCase() === 'content-type' ? this.#contentType : null;
    }

    #drop(): void {
      clearTimeout(this.#timeout);
      clearTimeout(this.#retry);
      if (!this.#cancel) return;
      this.stats.aborted = true;
      this.#cancel();
      this.#cancel = null;
    }

    #ask(): void {
      const { context, stats } = this;
      const config = this.#config;
      if (!context || !config) return;
      stats.loading.first = 0;
      stats.loaded = 0;
      stats.aborted = false;
      const { maxTimeToFirstByteMs, maxLoadTimeMs } = config.loadPolicy;
      // A record arrives whole, so its first byte is its last.
      config.timeout = Math.min(Number.isFinite(maxTimeToFirstByteMs) ? maxTimeToFirstByteMs : maxLoadTimeMs, maxLoadTimeMs);
      this.#timeout = setTimeout(() => this.#timedOut(), config.timeout);
      const url = new URL(context.url);
      this.#cancel = socket.fetch(url.pathname + url.search, (record) => this.#answered(record));
    }

    #answered(record: FetchRecord | null): void {
      const { context, stats } = this;
      const callbacks = this.#callbacks;
      const config = this.#config;
      clearTimeout(this.#timeout);
      this.#cancel = null;
      if (!context || !config || !callbacks) return;
      if (record?.problem) onProblem(record.problem);
      if (!record || record.status < 200 || record.status > 299) {
        this.#failed(record?.status ?? 0, record?.problem ?? 'socket closed');
        return;
      }
      const now = performance.now();
      stats.loading.first = Math.max(now, stats.loading.start);
      stats.loading.end = stats.loading.first;
      stats.loaded = stats.total = record.body.byteLength;
      this.#contentType = record.contentType;
      const binary = context.responseType === 'arraybuffer';
      if (binary) last = { url: context.url, at: now };
      const data = binary ? record.body.slice().buffer : new TextDecoder().decode(record.body);
      const response: LoaderResponse = { url: context.url, data, code: record.status };
      callbacks.onProgress?.(stats, context, data, null);
      callbacks.onSuccess(response, stats, context, null);
    }

    #failed(code: number, reason: string): void {
      const policy = this.#config!.loadPolicy.errorRetry;
      const response = { url: this.context!.url, data: undefined, code } as unknown as LoaderResponse;
      const again = code >= 500 || (code > 0 && code < 400);
      if (mayRetry(policy, this.stats.retry, false, response, again)) this.#retryLater(policy);
      else this.#callbacks!.onError({ code, text: reason }, this.context!, null, this.stats);
    }

    #timedOut(): void {
      const config = this.#config;
      if (!config || !this.context) return;
      const policy = config.loadPolicy.timeoutRetry;
      this.#drop();
      if (mayRetry(policy, this.stats.retry, true, undefined, true)) this.#retryLater(policy);
      else this.#callbacks?.onTimeout(this.stats, this.context, null);
    }

    #retryLater(policy: RetryConfig): void {
      const { retryDelayMs, maxRetryDelayMs, backoff } = policy;
      const delayMs = Math.min(retryDelayMs * (backoff === 'linear' ? 1 : 2 ** this.stats.retry), maxRetryDelayMs);
      this.stats.retry += 1;
      this.#retry = setTimeout(() => this.#ask(), delayMs);
    }
  };
}

function mayRetry(
  policy: RetryConfig | null,
  count: number,
  isTimeout: boolean,
  response: LoaderResponse | undefined,
  worthIt: boolean,
): policy is RetryConfig {
  if (!policy) return false;
  const retry = worthIt && count < policy.maxNumRetry;
  return policy.shouldRetry ? policy.shouldRetry(policy, count, isTimeout, response, retry) : retry;
}
