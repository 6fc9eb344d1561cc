import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openapi } from './openapi/document.ts';
import { isMain, workspace } from './report.ts';

/** Where the description is kept, under the root. */
export const openapiFile = 'docs/reference/openapi.json';

if (isMain(import.meta)) {
  writeFileSync(join(workspace, openapiFile), `${JSON.stringify(openapi(), null, 2)}\n`);
  console.log(`wrote ${openapiFile}`);
}
