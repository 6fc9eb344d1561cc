import { headers } from 'next/headers';
import { notFound } from 'next/navigation';
import { demo } from '../../lib/demo';
import { isThisComputer } from '../../lib/this-computer';

/** Development only: its links open accounts. */
export default async function Outbox() {
  if (!isThisComputer((await headers()).get('host'))) notFound();
  const mails = demo().outbox.mails().toReversed();
  return (
    <main>
      <h1>Outbox</h1>
      <p>{mails.length === 0 ? 'No mail yet.' : 'Mails that would have been sent, newest first.'}</p>
      <ul>
        {mails.map(({ to, type, url, at }) => (
          <li key={`${at}${to}${type}`}>
            {to}: {url === undefined ? type : <a href={url}>{type}</a>}
          </li>
        ))}
      </ul>
      <p>
        <a href="/">Back</a>
      </p>
    </main>
  );
}
