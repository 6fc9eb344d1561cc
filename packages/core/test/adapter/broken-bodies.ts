import { describe, expect, it, vi } from 'vitest';
import type { Adapter } from './adapter.ts';
import { wireTo } from './wire.ts';
import { goodPassword, origin, world } from './world.ts';

const credentials = { email: 'alice@example.com', password: goodPassword };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Everything before the body of a login. */
const head = (framing: string): string =>
  ['POST /auth/login HTTP/1.1', 'Host: x', `Origin: ${origin}`, 'Content-Type: application/json', framing, '', ''].join(
    '\r\n',
  );

/** A body on the wire: too large, too slow, cut off. */
export const brokenBodyCases = (adapter: Adapter): void => {
  describe('a body', () => {
    it.each(
      adapter.drained.flatMap((kib) => [['with its length', kib] as const, ['without its length', kib] as const]),
    )('that is too large, sent %s (%i KiB), is a 413, and the connection lives on', async (how, kib) => {
      const w = await world(adapter);
      const wire = wireTo(w.port);
      const piece = 'x'.repeat(1_024);
      if (how === 'with its length') wire.write(head(`Content-Length: ${kib * 1_024}`), piece.repeat(kib));
      else wire.write(head('Transfer-Encoding: chunked'), `400\r\n${piece}\r\n`.repeat(kib), '0\r\n\r\n');
      await vi.waitFor(() => expect(wire.statuses()).toEqual([413]));
      wire.write('GET /auth/session HTTP/1.1\r\nHost: x\r\n\r\n');
      await vi.waitFor(() => expect(wire.statuses()).toEqual([413, 200]), { timeout: 5_000 });
      expect(wire.text()).toContain('"code":"body_too_large"');
      wire.end();
    });

    it('that is too large, and whose sender leaves with the answer, harms nobody', async () => {
      const w = await world(adapter);
      const wire = wireTo(w.port);
      wire.write(head('Transfer-Encoding: chunked'), `400\r\n${'x'.repeat(1_024)}\r\n`.repeat(20));
      await vi.waitFor(() => expect(wire.statuses()).toEqual([413]));
      wire.end();
      await pause(50);
      expect((await w.browser().get('/auth/session')).status).toBe(200);
      expect(w.errors).toEqual([]);
    });

    it('is not waited for where nobody asks for it: another site gets its 403 at once', async () => {
      const w = await world(adapter);
      const wire = wireTo(w.port);
      wire.write(head('Content-Length: 100').replace(origin, 'https://evil.example'));
      await vi.waitFor(() => expect(wire.statuses()).toEqual([403]));
      wire.end();
    });

    it.each([
      ['a length', head('Content-Length: 1000'), '{"email":'],
      ['chunks', head('Transfer-Encoding: chunked'), '9\r\n{"email":\r\n'],
    ])('that ends in the middle, sent in %s, harms nobody', async (_, start, rest) => {
      const w = await world(adapter);
      const wire = wireTo(w.port);
      wire.write(start, rest);
      await pause(50);
      wire.end();
      await pause(50);
      expect((await w.browser().get('/auth/session')).status).toBe(200);
      expect([w.errors, w.log]).toEqual([[], []]);
    });

    it('whose sender does not wait for the answer harms nobody', async () => {
      const w = await world(adapter);
      let release = () => {};
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      w.before = () => gate;
      const text = JSON.stringify(credentials);
      const wire = wireTo(w.port);
      wire.write(head(`Content-Length: ${text.length}`), text);
      await vi.waitFor(() => expect(w.log.length).toBeGreaterThan(0));
      wire.end();
      await pause(50);
      release();
      await vi.waitFor(() => expect(w.events.map(({ name }) => name)).toContain('login.failed'));
      expect((await w.browser().get('/auth/session')).status).toBe(200);
      expect(w.errors).toEqual([]);
    });
  });
};
