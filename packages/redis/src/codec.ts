import type { OneTimeToken, RefreshFamily, SessionRecord, StoredRecord } from '@sallyport/core/ports';

type Names<R> = readonly Exclude<keyof R, 'id' | 'version'>[];

const session: Names<SessionRecord> = [
  'userId',
  'expiresAt',
  'epoch',
  'createdAt',
  'lastSeenAt',
  'authenticatedAt',
  'absoluteExpiresAt',
  'aal',
  'amr',
  'client',
  'data',
];
const refresh: Names<RefreshFamily> = [
  'userId',
  'expiresAt',
  'epoch',
  'createdAt',
  'rotatedAt',
  'authenticatedAt',
  'transport',
  'absoluteExpiresAt',
  'aal',
  'amr',
  'client',
  'scope',
  'clientId',
];
const oneTime: Names<OneTimeToken> = ['userId', 'expiresAt', 'purpose', 'epoch', 'data'];

/**
 * Records whose members are written in this order, without their names: a quarter less memory. The number of a shape is in
 * stored values, so a shape is never changed or removed; a new one is read by one release and written by the next.
 */
const shapes: readonly (readonly string[])[] = [session, refresh, oneTime];

/** Version, space, and JSON: an array that begins with the number of a shape, or an object. The key says the id. */
export const encode = ({ id: _, version, ...rest }: StoredRecord): string => {
  const members: Readonly<Record<string, unknown>> = rest;
  const size = Object.keys(members).length;
  const shape = shapes.findIndex((one) => one.length === size && one.every((name) => Object.hasOwn(members, name)));
  const body = shape === -1 ? members : [shape, ...(shapes[shape] ?? []).map((name) => members[name])];
  return `${version} ${JSON.stringify(body)}`;
};

/** Throws on what `encode` did not write. */
export const decode = (id: string, value: string): unknown => {
  const space = value.indexOf(' ');
  const version = Number(value.slice(0, space));
  const body: unknown = JSON.parse(value.slice(space + 1));
  if (space < 1 || !Number.isSafeInteger(version) || typeof body !== 'object' || body === null) {
    throw new Error('a value that nobody here has written');
  }
  if (!Array.isArray(body)) return { id, version, ...body };
  const members: readonly unknown[] = body;
  const names = shapes[Number(members[0])];
  if (names?.length !== members.length - 1) {
    throw new Error(`a value of shape ${members[0]}, which this version does not know`);
  }
  const record: Record<string, unknown> = { id, version };
  // By index: an iterator of entries makes an array for each, on every request.
  for (let n = 0; n < names.length; n += 1) record[names[n] ?? ''] = members[n + 1];
  return record;
};
