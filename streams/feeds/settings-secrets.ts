import type { FeedSettings } from '../feed-contract.ts';

/** What stands in the place of a secret. */
const hidden = '(kept)';

/** Whatever of a feed's settings opens a door: what stands before the @ of an address, headers, passwords. */
interface Secrets {
  url?: string;
  headers?: Record<string, string>;
  password?: string;
}

/** The secrets of settings, as one text to be kept encrypted; null when there are none. */
export function sealSettings(settings: FeedSettings): string | null {
  const secrets: Secrets = {};
  if (settings.kind === 'mqtt' && hasLogin(settings.url)) secrets.url = settings.url;
  if ('poll' in settings && settings.poll) {
    if (hasLogin(settings.poll.url)) secrets.url = settings.poll.url;
    if (settings.poll.headers) secrets.headers = settings.poll.headers;
  }
  if (settings.kind === 'hj212' && settings.password !== undefined) secrets.password = settings.password;
  return Object.keys(secrets).length === 0 ? null : JSON.stringify(secrets);
}

/** The settings as anybody may see them. */
export function shownSettings(settings: FeedSettings): unknown {
  const shown = structuredClone(settings) as Record<string, unknown>;
  if (settings.kind === 'mqtt') shown['url'] = withoutLogin(settings.url);
  if ('poll' in settings && settings.poll) {
    const { headers, ...poll } = settings.poll;
    const names = Object.keys(headers ?? {});
    shown['poll'] = {
      ...poll,
      url: withoutLogin(poll.url),
      ...(names.length > 0 && { headers: Object.fromEntries(names.map((name) => [name, hidden])) }),
    };
  }
  if (settings.kind === 'hj212' && settings.password !== undefined) shown['password'] = hidden;
  return shown;
}

/** Shown settings with their secrets put back. */
export function openSettings(shown: unknown, secret: string | undefined): unknown {
  if (secret === undefined || typeof shown !== 'object' || shown === null) return shown;
  const { url, headers, password } = JSON.parse(secret) as Secrets;
  const opened = { ...(shown as Record<string, unknown>) };
  if (typeof opened['poll'] === 'object' && opened['poll'] !== null)
    opened['poll'] = { ...opened['poll'], ...(url !== undefined && { url }), ...(headers && { headers }) };
  else if (url !== undefined) opened['url'] = url;
  if (password !== undefined) opened['password'] = password;
  return opened;
}

function hasLogin(url: string): boolean {
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

function withoutLogin(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}
