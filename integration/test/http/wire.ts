import { request } from 'node:http';

/** One request as it is written; a header with several values is sent several times. */
export interface Sent {
  readonly method: string;
  /** Untouched by a URL parser, where the transport has a wire. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array;
}

export interface Got {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export const sendTo =
  (port: number) =>
  ({ method, target, headers, body }: Sent): Promise<Got> =>
    new Promise((resolve, reject) => {
      const lists = Object.entries(headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : [...value],
      ]);
      const options = {
        host: '127.0.0.1',
        port,
        method,
        path: target,
        headers: Object.fromEntries(lists),
        agent: false,
      };
      const sent = request(options, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('error', reject);
        answer.on('end', () => {
          const raw = answer.rawHeaders;
          const pairs = raw.flatMap((name, at): [string, string][] =>
            at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1] ?? '']] : [],
          );
          resolve({ status: answer.statusCode ?? 0, headers: pairs, body: text });
        });
      });
      sent.on('error', reject);
      if (body.length > 0) sent.setHeader('content-length', Buffer.byteLength(body));
      sent.end(body);
    });
