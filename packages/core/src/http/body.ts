import { type Refusal, refuse } from '../errors.ts';
import { mediaTypeOf } from './origin.ts';

/** What came, as JSON or, of a page without JavaScript, as the text of a form: that is answered by a redirect. */
export type Body =
  | { readonly ok: true; readonly kind: 'json'; readonly value: unknown }
  | { readonly ok: true; readonly kind: 'form'; readonly text: string };

/** Reads a bounded body as JSON or, where `takesForms`, as a form. No body at all reads as `{}`. */
export const readBody = async (request: Request, limit: number, takesForms: boolean): Promise<Body | Refusal> => {
  const type = mediaTypeOf(request.headers.get('content-type'));
  const isForm = takesForms && type === 'application/x-www-form-urlencoded';
  if (Number(request.headers.get('content-length') ?? 0) > limit) return refuse('body_too_large');
  const bytes = await readBytes(request, limit);
  if (bytes === 'too_large') return refuse('body_too_large');
  if (bytes === 'broken') return refuse('malformed_request', { detail: 'The body ended before it was complete.' });
  if (bytes.length === 0 && !isForm) return { ok: true, kind: 'json', value: {} };
  if (type !== 'application/json' && !isForm) return refuse('unsupported_media_type');
  const text = decode(bytes);
  if (text === null) return refuse('malformed_request', { detail: 'The body is not UTF-8.' });
  return isForm ? { ok: true, kind: 'form', text } : readJson(text);
};

const readBytes = async (request: Request, limit: number): Promise<Uint8Array | 'too_large' | 'broken'> => {
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.byteLength;
      if (size > limit) {
        // Not waited for: the sender may never be done.
        reader.cancel().catch(() => {});
        return 'too_large';
      }
      chunks.push(next.value);
    }
  } catch {
    return 'broken';
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
};

const decode = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
};

const readJson = (text: string): Body | Refusal => {
  try {
    return { ok: true, kind: 'json', value: JSON.parse(text) };
  } catch {
    return refuse('malformed_request', { detail: 'The body is not JSON.' });
  }
};
