import { type ExpressRequest, headerOf } from './wire.ts';

/** Something read the body and left no result: the one mistake in the order of middleware that cannot be made good. */
export class BodyConsumedError extends Error {
  override readonly name = 'BodyConsumedError';
  constructor() {
    super(
      'express body was consumed before @sallyport/express could read it: mount web.router before other body parsers',
    );
  }
}

/** The body as it can still be had: from the socket, or from the parser that came first. `null` where `Request` takes none. */
export const bodyOf = (req: ExpressRequest): ReadableStream<Uint8Array> | Uint8Array | string | null => {
  if (req.method === 'GET' || req.method === 'HEAD') return null;
  if (!req.readableDidRead) return streamOf(req);
  const { body } = req;
  if (body === undefined) throw new BodyConsumedError();
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  const type = headerOf(req, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  return type === 'application/x-www-form-urlencoded' ? formOf(body) : JSON.stringify(body);
};

/**
 * Chunk by chunk, as the reader asks: whoever stops reading has stored no more than that. Cancelling reads the rest into
 * nowhere instead of cutting the connection, which must still carry the answer and may carry the next request.
 */
const streamOf = (req: ExpressRequest): ReadableStream<Uint8Array> => {
  const chunks = req[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(bytesOf(value, req.readableEncoding));
      },
      cancel: () => void discard(chunks),
    },
    { highWaterMark: 0 },
  );
};

/** Somebody before us may have called `setEncoding`. */
const bytesOf = (chunk: unknown, encoding: BufferEncoding | null): Uint8Array =>
  chunk instanceof Uint8Array ? chunk : Buffer.from(String(chunk), encoding ?? 'utf8');

const discard = async (chunks: AsyncIterator<unknown>): Promise<void> => {
  try {
    while ((await chunks.next()).done !== true);
  } catch {
    // The client has gone: nothing is left to read.
  }
};

/** A form parser may have built objects; no field of ours is one, so that their names stay unknown and are refused. */
const formOf = (fields: object | null): string => {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'string') form.append(name, one);
      else form.append(`${name}[]`, '');
    }
  }
  return form.toString();
};
