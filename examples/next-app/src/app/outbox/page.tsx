import { demo } from '../../lib/auth';

export const dynamic = 'force-dynamic';

/** Development only: its links open accounts. */
export default function Outbox() {
  return (
    <main>
      <h1>Outbox</h1>
      <ul>
        {demo().mails.map(({ to, type, url }) => (
          <li key={`${to}${type}${url}`}>
            {to}: {url === null ? type : <a href={url}>{type}</a>}
          </li>
        ))}
      </ul>
    </main>
  );
}
