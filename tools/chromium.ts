import { provide } from './apt.ts';
import { isMain } from './report.ts';
import { isExecutable, onPath } from './services/binaries.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome'];
/** Without any font text has no width, and a link that is only text cannot be clicked. */
const packages = ['chromium', 'fonts-dejavu-core'];

type Environment = Readonly<Record<string, string | undefined>>;

/** The browser that the tests drive: what `CHROMIUM` names and nothing else, or the first one on `PATH`. `null` = none. */
export const findChromium = (environment: Environment = process.env): string | null => {
  const { CHROMIUM: named } = environment;
  if (!named) return onPath(names, environment);
  return isExecutable(named) ? named : null;
};

/** Why browser tests are skipped on this machine; `null` when they can run. */
export const whyNoBrowser = (environment: Environment = process.env): string | null => {
  if (findChromium(environment) !== null) return null;
  const { CHROMIUM: named } = environment;
  const missing = named ? `CHROMIUM names ${named}, which cannot be started` : `no ${names.join(', ')} on PATH`;
  return `${missing}; set CHROMIUM, or install it: apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
};

if (isMain(import.meta)) {
  const { CHROMIUM: named } = process.env;
  provide({
    what: 'browser tests',
    packages: named ? [] : packages,
    whyNot: () => whyNoBrowser(),
    found: () => `drive ${findChromium()}`,
  });
}
