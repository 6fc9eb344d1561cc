import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { openapi } from './openapi/document.ts';
import { openapiFile } from './openapi.ts';
import { workspace } from './report.ts';

const kept = (): Record<string, unknown> => JSON.parse(readFileSync(join(workspace, openapiFile), 'utf8'));

describe('the OpenAPI description', () => {
  it('that is kept is the one that is written: otherwise, `npx -y pnpm@10.34.9 openapi`', () => {
    expect(kept()).toEqual(JSON.parse(JSON.stringify(openapi())));
  });

  it('is one of OpenAPI 3.1, which it would not be with a method that HTTP does not have', async () => {
    const { valid, errors } = await new Validator().validate(kept());
    expect([valid, errors]).toEqual([true, undefined]);
    const odd = { ...kept(), paths: { '/login': { sign_in: { responses: {} } } } };
    expect((await new Validator().validate(odd)).valid).toBe(false);
  });

  it('points at nothing that is not there, and keeps nothing that nobody points at', () => {
    const document = kept();
    const text = JSON.stringify(document);
    const pointers = new Set(
      [...text.matchAll(/"(?:\$ref|signed_in|mfa_required)":"#\/([^"]+)"/g)].map(([, at]) => at),
    );
    const components = document['components'] as Record<string, Record<string, unknown>>;
    const parts = ['headers', 'responses', 'schemas'].flatMap((kind) =>
      Object.keys(components[kind] ?? {}).map((name) => `components/${kind}/${name}`),
    );
    expect([...pointers].sort()).toEqual(parts.sort());
  });

  it('gives every operation a name of its own', () => {
    const names = [...JSON.stringify(kept()).matchAll(/"operationId":"([^"]+)"/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(40);
    expect(new Set(names).size).toBe(names.length);
  });
});
