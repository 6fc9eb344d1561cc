import { readFileSync } from 'node:fs';

/** The pages of docs/reference that list codes, as they are. */
export interface Reference {
  readonly errors: string;
  readonly configuration: string;
}

/** The build puts the pages in the place of this name; the sources read them where they lie. */
declare const SALLYPORT_REFERENCE: Reference | undefined;

export const reference = (): Reference =>
  typeof SALLYPORT_REFERENCE === 'undefined' ? readReference() : SALLYPORT_REFERENCE;

export const readReference = (): Reference => {
  const read = (name: string): string =>
    readFileSync(new URL(`../../../docs/reference/${name}.md`, import.meta.url), 'utf8');
  return { errors: read('errors'), configuration: read('configuration-errors') };
};
