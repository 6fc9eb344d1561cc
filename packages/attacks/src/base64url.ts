/** RFC 4648 §5, without padding. */
export const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

export const encoded = (value: unknown): string =>
  base64url(new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)));
