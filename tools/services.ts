import { provide } from './apt.ts';
import { isMain } from './report.ts';
import { findValkey, needed, whyNoServices } from './services/binaries.ts';

if (isMain(import.meta)) {
  provide({
    what: 'tests of stores',
    packages: needed.filter(({ find }) => find() === null).flatMap(({ packages }) => packages),
    whyNot: () => whyNoServices(),
    found: () => `start ${[...needed.map(({ find }) => find()), findValkey() ?? 'no Valkey'].join(', ')}`,
  });
}
