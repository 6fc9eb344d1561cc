import autocannon from 'autocannon';
import { type Figure, interleave } from '../measure.ts';
import { startServer } from './server-process.ts';

/** `GET /api/profile` per second over 32 connections: signed in, beside bare Express with the same answer. */
export const expressProfile = (rounds: number, seconds: number): Promise<Readonly<Record<string, Figure>>> => {
  const sample = async (kind: 'bare' | 'sallyport'): Promise<number> => {
    const server = await startServer(kind);
    try {
      const headers = { cookie: server.cookie };
      const result = await autocannon({
        url: `${server.url}/api/profile`,
        connections: 32,
        duration: seconds,
        headers,
      });
      if (result.non2xx > 0 || result.errors > 0) throw new Error(`${kind}: ${result.non2xx} answers were not 200`);
      return result.requests.average;
    } finally {
      await server.stop();
    }
  };
  return interleave(
    { 'bare Express': () => sample('bare'), 'Express, load and require': () => sample('sallyport') },
    rounds,
  );
};
