import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

const answerWithinMs = 10_000;

/** Pushes records to the hub over connections that stay open. */
export interface RecordPush {
  /** Whether the hub has taken it; never rejects. */
  push(feedId: string, token: string, body: string | Uint8Array, contentType: string): Promise<boolean>;
  stop(): void;
}

/** To the hub at this origin, which is on this machine. */
export function openRecordPush(origin: string): RecordPush {
  const { protocol, hostname, port } = new URL(origin);
  const isTls = protocol === 'https:';
  const options = { keepAlive: true, maxSockets: 4, timeout: answerWithinMs };
  // The certificate is the hub's own, made for the names that others know it by; what is sent over loopback is invented, and the token opens nothing else.
  const agent = isTls ? new HttpsAgent({ ...options, rejectUnauthorized: false }) : new HttpAgent(options);
  const request = isTls ? httpsRequest : httpRequest;
  return {
    push: (feedId, token, body, contentType) =>
      new Promise((resolve) => {
        const bytes = typeof body === 'string' ? Buffer.from(body) : body;
        const asked = request(
          {
            agent,
            hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
            port,
            method: 'POST',
            path: `/api/feeds/${feedId}`,
            timeout: answerWithinMs,
            headers: { authorization: `Bearer ${token}`, 'content-type': contentType, 'content-length': bytes.length },
          },
          (answer) => {
            answer.resume();
            answer.on('error', () => {});
            answer.on('close', () => resolve(answer.statusCode === 204));
          },
        );
        asked.on('timeout', () => asked.destroy());
        asked.on('error', () => resolve(false));
        asked.end(bytes);
      }),
    stop: () => agent.destroy(),
  };
}
