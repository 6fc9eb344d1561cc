import type { ExpressResponse } from './wire.ts';

/** Writes an answer beside what the application has set: its cookies stay, and what it said of caching gives way. */
export const write = async (response: Response, res: ExpressResponse): Promise<void> => {
  const body = Buffer.from(await response.arrayBuffer());
  // A time limit of the application may have answered in the meantime.
  if (res.headersSent) return;
  res.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name === 'vary') res.vary(value);
    else if (name === 'set-cookie') res.appendHeader(name, value);
    else res.setHeader(name, value);
  }
  res.end(body);
};
