import type { Letter } from './letter.ts';
import { ground, look, sheet } from './style.ts';

/**
 * One column of tables with inline styles, which is what every client draws; the style sheet in the head only adds the
 * dark colours. Nothing is loaded from anywhere, and nothing tells that the mail was read.
 */
export const htmlOf = (letter: Letter, appName: string, lang: string): string => {
  const { action, code, life, facts, home } = letter;
  const inner = [
    `<h1 ${look(['ink'], 'margin:0 0 12px;font-size:22px;line-height:28px;font-weight:650')}>${escapeHtml(letter.heading)}</h1>`,
    paragraph(letter.lead),
    action === null ? '' : button(action),
    code === null ? '' : codeBox(code),
    life === null ? '' : paragraph(life),
    facts.length === 0 ? '' : factTable(facts),
    paragraph(letter.notYou),
    home === null ? '' : `<p ${look(['ink'], `${text};margin:0 0 16px`)}>${link(home.url, home.label)}</p>`,
    action === null ? '' : below(action),
  ].filter((part) => part !== '');
  return [
    `<!doctype html><html lang="${escapeHtml(lang)}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    '<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">',
    `<title>${escapeHtml(letter.subject)}</title><style>${sheet}</style></head>`,
    `<body ${ground('ground')} ${look(['ground'], 'margin:0;padding:0')}>`,
    `<table ${table} width="100%" ${ground('ground')} ${look(['ground'], 'width:100%')}><tr><td align="center" style="padding:32px 12px">`,
    `<table ${table} width="100%" style="width:100%;max-width:544px;text-align:left">`,
    `<tr><td style="padding:0 4px 16px">${brand(appName)}</td></tr>`,
    `<tr><td ${ground('paper')} ${look(['paper', 'line'], 'border-width:1px;border-style:solid;border-radius:14px')}>`,
    `<div class="inner" style="padding:32px 32px 24px">${inner.join('\n')}</div></td></tr>`,
    `<tr><td ${look(['soft'], `${small};padding:16px 4px 0`)}>${escapeHtml(letter.why)}</td></tr>`,
    '</table></td></tr></table></body></html>',
  ].join('\n');
};

export const escapeHtml = (words: string): string => words.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** For screen readers a frame, not data. */
const table = 'role="presentation" cellpadding="0" cellspacing="0" border="0"';
const text = 'font-size:16px;line-height:25px';
const small = 'font-size:14px;line-height:21px';
const anywhere = 'word-break:break-word;overflow-wrap:anywhere';

const paragraph = (words: string): string =>
  `<p ${look(['ink'], `${text};margin:0 0 16px;${anywhere}`)}>${escapeHtml(words)}</p>`;

const link = (url: string, label: string): string =>
  `<a href="${escapeHtml(url)}" ${look(['link'], `text-decoration:underline;${anywhere}`)}>${escapeHtml(label)}</a>`;

const brand = (appName: string): string =>
  [
    `<table ${table}><tr>`,
    `<td width="22" height="22" ${ground('accent')} ${look(['accent'], 'width:22px;height:22px;border-radius:6px;font-size:0;line-height:0')}>&nbsp;</td>`,
    `<td ${look(['ink'], `padding-left:10px;font-size:16px;line-height:22px;font-weight:600;${anywhere}`)}>${escapeHtml(appName)}</td>`,
    '</tr></table>',
  ].join('');

/** The padding of the cell is for Outlook, which has none for links. */
const button = ({ url, label }: { readonly url: string; readonly label: string }): string =>
  [
    `<table ${table} style="margin:8px 0 24px"><tr>`,
    `<td ${ground('accent')} ${look(['accent'], 'border-radius:9px;mso-padding-alt:12px 22px')}>`,
    `<a href="${escapeHtml(url)}" ${look(['on'], `${text};display:inline-block;padding:10px 22px;font-weight:600;text-decoration:none`)}>${escapeHtml(label)}</a>`,
    '</td></tr></table>',
  ].join('');

const codeBox = (code: string): string =>
  `<table ${table} style="margin:8px 0 24px"><tr><td ${ground('tint')} ${look(
    ['tint', 'ink'],
    `border-radius:9px;padding:14px 22px;font-family:ui-monospace,'SF Mono',Consolas,monospace;font-size:28px;line-height:34px;font-weight:600;letter-spacing:4px;${anywhere}`,
  )}>${escapeHtml(code)}</td></tr></table>`;

const factTable = (facts: Letter['facts']): string => {
  const rows = facts.map(
    ([label, value]) =>
      `<tr><td valign="top" ${look(['soft'], `${small};padding:3px 16px 3px 0;white-space:nowrap`)}>${escapeHtml(label)}</td><td ${look(['ink'], `${small};padding:3px 0;${anywhere}`)}>${escapeHtml(value)}</td></tr>`,
  );
  const cell = `<td ${ground('tint')} ${look(['tint'], 'border-radius:9px;padding:11px 16px')}>`;
  return `<table ${table} width="100%" style="width:100%;margin:4px 0 20px"><tr>${cell}<table ${table}>${rows.join('')}</table></td></tr></table>`;
};

const below = ({ below: words, url }: { readonly below: string; readonly url: string }): string =>
  `<p ${look(['soft', 'line'], `${small};margin:24px 0 8px;padding:16px 0 0;border-width:0;border-top-width:1px;border-style:solid;${anywhere}`)}>${escapeHtml(words)}<br>${link(url, url)}</p>`;
