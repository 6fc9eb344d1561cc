const spellings = (folder: string, page: string): readonly string[] => [
  `//${folder}/${page}`,
  `/${folder}//${page}`,
  `/${folder.toUpperCase()}/${page}`,
  `/${folder}/${page.toUpperCase()}`,
  `/${folder}/${page}/`,
  `/${folder}/${page}.`,
  `/${folder}/${page}%20`,
  `/${folder}/./${page}`,
  `/x/../${folder}/${page}`,
  `/${folder}/x/../${page}`,
  `/${folder}/%2e/${page}`,
  `/x/%2e%2e/${folder}/${page}`,
  `/${folder}%2f${page}`,
  `/${folder}/${page}%2f`,
  `/${folder}/${page}%00`,
  `/%${folder.charCodeAt(0).toString(16)}${folder.slice(1)}/${page}`,
  `/${folder}/%${page.charCodeAt(0).toString(16)}${page.slice(1)}`,
  `/${folder}/%25${page.charCodeAt(0).toString(16)}${page.slice(1)}`,
  `/${folder};a=b/${page}`,
  `/${folder}/${page};a=b`,
  `/${folder}\\${page}`,
  `/${folder}/${page}?/auth/session`,
  `/${folder}/${page}/..;/${page}`,
];

/** Anonymous requests for a page behind a guard on its folder. */
export const guardTricks: readonly string[] = ['/admin/panel', ...spellings('admin', 'panel')];

export const loginTricks: readonly string[] = spellings('auth', 'login').filter((path) => !path.includes('?'));
