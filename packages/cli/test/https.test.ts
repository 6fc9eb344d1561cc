import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { selfSigned } from './certificate.ts';
import { hsts, secureFlaws } from './flaws.ts';
import { problemsOf, type Ran, start, verdictsOf } from './run.ts';
import { account, deploy, type Flaw } from './spoilt.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Plain http beside it, as a proxy would have it. */
const plain = async (status: number, location: string): Promise<{ readonly url: string; stop(): void }> => {
  const server = createServer((_, response) => response.writeHead(status, { location }).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop: () => void server.close() };
};

interface Setting {
  readonly around: readonly Flaw[];
  readonly days?: number;
  readonly http?: readonly [status: number, location: string];
  readonly trusted?: boolean;
}

/** A process of its own: who is trusted is settled when one starts. */
const examine = async ({
  around,
  days = 90,
  http = [308, 'https://localhost/'],
  trusted = true,
}: Setting): Promise<Ran> => {
  const tls = selfSigned(days);
  const file = join(folder, `${days}.pem`);
  writeFileSync(file, tls.cert);
  const [{ origin, stop }, beside] = [await deploy(around, tls), await plain(...http)];
  const env = { DOCTOR_EMAIL: account.email, DOCTOR_PASSWORD: account.password };
  try {
    return await start(['doctor', `${origin}/auth`, '--register', '--http', beside.url, '--json'], {
      ...env,
      ...(trusted ? { NODE_EXTRA_CA_CERTS: file } : {}),
    });
  } finally {
    await stop();
    beside.stop();
  }
};

describe('over https', () => {
  it('all of it is right', async () => {
    const ran = await examine({ around: [hsts] });
    expect([ran.exit, problemsOf(ran)]).toEqual([0, []]);
    const verdicts = verdictsOf(ran);
    for (const id of ['https', 'redirect', 'hsts', 'cookie_secure', 'cookie_host'])
      expect([id, verdicts[id]]).toEqual([id, 'ok']);
  });

  it.each(Object.entries(secureFlaws))('%s', async (id, flaw) => {
    const ran = await examine({ around: [hsts, flaw] });
    expect([ran.exit, problemsOf(ran)]).toEqual([1, [id]]);
  });

  it('a certificate that ends soon, and plain http that answers', async () => {
    expect(problemsOf(await examine({ around: [hsts], days: 3, http: [200, ''] }))).toEqual(['https', 'redirect']);
  });

  it('a certificate that nobody trusts ends the visit', async () => {
    const { exit, out } = await examine({ around: [hsts], trusted: false });
    expect(exit).toBe(1);
    expect(JSON.parse(out).error).toMatch(/does not answer: .*self.signed/);
  });
});
