import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that lets everybody ask, and remembers what it was sent. */
export interface Elsewhere {
  readonly origin: string;
  readonly seen: readonly IncomingHttpHeaders[];
  close(): Promise<void>;
}

export const elsewhere = async (): Promise<Elsewhere> => {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((req, res) => {
    seen.push(req.headers);
    res
      .writeHead(200, { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization, *' })
      .end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
