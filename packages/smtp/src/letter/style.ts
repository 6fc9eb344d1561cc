/** A role of colour: by day inline, where every client finds it; at night in the style sheet of the head. */
interface Role {
  readonly day: string;
  readonly night: string;
  readonly property: 'background-color' | 'border-color' | 'color';
}

export type RoleName = 'ground' | 'paper' | 'tint' | 'accent' | 'line' | 'ink' | 'soft' | 'link' | 'on';

const roles: Readonly<Record<RoleName, Role>> = {
  ground: { property: 'background-color', day: '#f5f4f0', night: '#15181b' },
  paper: { property: 'background-color', day: '#fffefb', night: '#1d2125' },
  tint: { property: 'background-color', day: '#f1f0ea', night: '#262b30' },
  accent: { property: 'background-color', day: '#0f6a63', night: '#6cc9bd' },
  line: { property: 'border-color', day: '#dedbd2', night: '#33393f' },
  ink: { property: 'color', day: '#22262a', night: '#e8e9ea' },
  soft: { property: 'color', day: '#5c6066', night: '#a6acb2' },
  link: { property: 'color', day: '#0f6a63', night: '#6cc9bd' },
  on: { property: 'color', day: '#ffffff', night: '#0d2421' },
};

const font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";

/** The attributes of an element: its roles as classes and inline, then what else its style says. */
export const look = (names: readonly RoleName[], more: string): string => {
  const colours = names.map((name) => `${roles[name].property}:${roles[name].day}`);
  return `class="${names.join(' ')}" style="${[...colours, font, more].join(';')}"`;
};

/** `bgcolor`, for clients that leave out background colours of styles. */
export const ground = (name: 'accent' | 'ground' | 'paper' | 'tint'): string => `bgcolor="${roles[name].day}"`;

const rules = Object.entries(roles).map(([name, { property, night }]) => `.${name}{${property}:${night}!important}`);

/** All that the head has. Without it a mail is what it is by day. */
export const sheet: string = `:root{color-scheme:light dark;supported-color-schemes:light dark}@media (prefers-color-scheme:dark){${rules.join('')}}@media (max-width:480px){.inner{padding:24px 20px!important}}`;
