import type { Person } from './people.ts';

const button = ({ id, name, email, emailVerified }: Person): string =>
  `<li><button name="person" value="${id}"><strong>${name}</strong><br>${email}, address ${emailVerified ? 'verified' : 'not verified'}</button></li>`;

/** Whom to sign in as. Everything on it is ours: no request has a say in its text. */
export const signInPage = (people: readonly Person[], path: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Local provider</title>
    <link rel="stylesheet" href="/assets/local-provider.css">
  </head>
  <body>
    <main>
      <h1>Local provider</h1>
      <p>A provider of OpenID Connect that runs inside the demo. Sallyport demo wants to know who you are.</p>
      <form method="post" action="${path}"><ul>${people.map(button).join('')}</ul></form>
      <form method="post" action="${path}"><button name="person" value="">Cancel</button></form>
    </main>
  </body>
</html>
`;
