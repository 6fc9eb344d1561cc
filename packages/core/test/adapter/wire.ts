import { type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';

/** A request as it is written, its target untouched by a URL parser. */
export const rawRequest = (
  options: RequestOptions,
  body = '',
): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', ...options }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });

export interface Wire {
  write(...parts: readonly string[]): void;
  /** All that came back. */
  text(): string;
  statuses(): readonly number[];
  end(): void;
}

/** One connection, as it is. */
export const wireTo = (port: number): Wire => {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (data) => {
    text += String(data);
  });
  return {
    write: (...parts) => void socket.write(parts.join('')),
    text: () => text,
    statuses: () => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status)),
    end: () => void socket.destroy(),
  };
};
