import type { Letter } from './letter.ts';

/** The same letter for clients that show no HTML. A link stands on a line of its own, so that none of it is lost. */
export const textOf = (letter: Letter, appName: string): string => {
  const { action, code, facts, home } = letter;
  return [
    appName,
    letter.heading,
    letter.lead,
    action === null ? null : `${action.label}:\n${action.url}`,
    code === null ? null : `    ${code}`,
    letter.life,
    facts.length === 0 ? null : facts.map(([label, value]) => `${label}: ${value}`).join('\n'),
    letter.notYou,
    home === null ? null : `${home.label}:\n${home.url}`,
    `-- \n${letter.why}\n`,
  ]
    .filter((part) => part !== null)
    .join('\n\n');
};
