// @ts-check

/**
 * A refusal: an answer of `application/problem+json`, or `unreachable` when there was none. `code` is the contract.
 * @typedef {{
 *   readonly code: string,
 *   readonly retryAfter?: number,
 *   readonly need?: { readonly aal?: number, readonly fresh?: number },
 *   readonly reasons?: readonly string[],
 *   readonly errors?: readonly { readonly pointer: string, readonly code: string }[],
 * }} Problem
 */
/** @typedef {{ readonly ok: true, readonly value: any } | { readonly ok: false, readonly problem: Problem }} Answer */

/**
 * One request to the server, with the cookies of the browser. Never rejects.
 * @param {'GET' | 'POST' | 'DELETE'} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<Answer>}
 */
export const call = async (method, path, body) => {
  const content =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  try {
    const response = await fetch(path, { method, ...content });
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    const value = isJson ? await response.json() : null;
    if (response.ok) return { ok: true, value };
    return { ok: false, problem: typeof value?.code === 'string' ? value : { code: 'internal' } };
  } catch {
    return { ok: false, problem: { code: 'unreachable' } };
  }
};
