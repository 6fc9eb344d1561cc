import type { Words } from './words.ts';

const entered = (app: string): string => `Sie erhalten diese E-Mail, weil diese Adresse bei ${app} eingegeben wurde.`;
const belongs = (app: string): string =>
  `Sie erhalten diese E-Mail, weil Ihr Konto bei ${app} diese Adresse verwendet.`;

export const de: Words = {
  locale: 'de',
  linkLife: (span, until) => `Der Link gilt einmal und noch ${span}, bis ${until}.`,
  linkOnce: 'Der Link gilt einmal und nicht unbegrenzt.',
  codeLife: (span, until) => `Der Code gilt einmal und noch ${span}, bis ${until}.`,
  linkBelow: 'Falls die Schaltfläche nicht funktioniert, öffnen Sie diese Adresse:',
  home: (app) => `${app} öffnen`,
  when: 'Wann',
  device: 'Gerät',
  address: 'IP-Adresse',
  on: (browser, system) => `${browser} unter ${system}`,
  mails: {
    verify_email: (app) => ({
      subject: `Bestätigen Sie Ihre E-Mail-Adresse für ${app}`,
      heading: 'Bestätigen Sie Ihre E-Mail-Adresse',
      lead: `Mit dieser Adresse hat sich jemand bei ${app} registriert. Wenn Sie das waren, bestätigen Sie bitte, dass die Adresse Ihnen gehört.`,
      action: 'Adresse bestätigen',
      notYou:
        'Wenn Sie sich nicht registriert haben, ignorieren Sie diese E-Mail und drücken Sie nicht auf die Schaltfläche. Die Adresse bleibt dann unbestätigt.',
      why: entered(app),
    }),
    change_email: (app) => ({
      subject: `Bestätigen Sie Ihre neue E-Mail-Adresse für ${app}`,
      heading: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
      lead: `Ein Konto bei ${app} soll ab jetzt diese Adresse verwenden. Wenn es Ihres ist, bestätigen Sie bitte die Änderung.`,
      action: 'Neue Adresse bestätigen',
      notYou:
        'Wenn Sie das nicht veranlasst haben, ignorieren Sie diese E-Mail. Ohne Ihre Bestätigung ändert sich nichts.',
      why: entered(app),
    }),
    reset_password: (app) => ({
      subject: `Setzen Sie Ihr Passwort für ${app} zurück`,
      heading: 'Wählen Sie ein neues Passwort',
      lead: `Mit diesem Link können Sie ein neues Passwort für Ihr Konto bei ${app} wählen.`,
      action: 'Neues Passwort wählen',
      notYou: 'Wenn Sie das nicht veranlasst haben, ignorieren Sie diese E-Mail: Es ändert sich nichts.',
      why: belongs(app),
    }),
    magic_link: (app) => ({
      subject: `Ihr Link zur Anmeldung bei ${app}`,
      heading: `Anmeldung bei ${app}`,
      lead: `Jemand hat einen Link zur Anmeldung bei Ihrem Konto bei ${app} angefordert. Wenn Sie das waren, ist er hier.`,
      action: 'Anmelden',
      notYou:
        'Wenn Sie das nicht veranlasst haben, ignorieren Sie diese E-Mail und leiten Sie sie nicht weiter: Der Link öffnet Ihr Konto.',
      why: entered(app),
    }),
    email_code: (app) => ({
      subject: `Ihr Code für ${app}`,
      heading: 'Ihr Code',
      lead: `Geben Sie diesen Code dort ein, wo ${app} danach fragt.`,
      notYou: `Wenn Sie keinen Code angefordert haben, ignorieren Sie diese E-Mail. Nennen Sie ihn niemandem: ${app} fragt nie per Telefon oder E-Mail danach.`,
      why: entered(app),
    }),
    email_changed: (app) => ({
      subject: `Die E-Mail-Adresse Ihres Kontos bei ${app} wurde geändert`,
      heading: 'Ihre E-Mail-Adresse wurde geändert',
      lead: `Ihr Konto bei ${app} verwendet ab jetzt eine andere E-Mail-Adresse. Diese E-Mail geht an die bisherige.`,
      action: 'Änderung rückgängig machen',
      notYou:
        'Wenn Sie das nicht waren, machen Sie die Änderung sofort rückgängig: Ihr Konto erhält diese Adresse zurück, alle werden abgemeldet, und ein Link für ein neues Passwort folgt.',
      notYouWithoutLink: `Wenn Sie das nicht waren, verwenden Sie den Link einer früheren E-Mail von uns über eine geänderte Adresse. Gibt es keine, bitten Sie ${app} um Hilfe.`,
      why: `Sie erhalten diese E-Mail, weil Ihr Konto bei ${app} diese Adresse verwendet hat.`,
    }),
    register_attempt: (app) => ({
      subject: `Sie haben bereits ein Konto bei ${app}`,
      heading: 'Sie haben bereits ein Konto',
      lead: `Jemand wollte diese Adresse für ein Konto bei ${app} verwenden. Ihres verwendet sie bereits, und es wurde nichts geändert. Wenn Sie das waren, melden Sie sich an, oder setzen Sie Ihr Passwort zurück.`,
      notYou: 'Wenn Sie das nicht waren, müssen Sie nichts tun: Es wurde niemand angemeldet.',
      why: belongs(app),
    }),
    password_changed: (app) => ({
      subject: `Ihr Passwort für ${app} wurde geändert`,
      heading: 'Ihr Passwort wurde geändert',
      lead: `Das Passwort Ihres Kontos bei ${app} wurde geändert.`,
      notYou: 'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort zurück.',
      why: belongs(app),
    }),
    mfa_enabled: (app) => ({
      subject: `Zweiter Nachweis für die Anmeldung bei ${app} eingerichtet`,
      heading: 'Ein zweiter Nachweis wurde eingerichtet',
      lead: `Ihr Konto bei ${app} verlangt bei der Anmeldung einen zweiten Nachweis und nimmt auch den, der gerade eingerichtet wurde.`,
      notYou: `Wenn Sie das nicht waren, ist jemand anderes bei Ihrem Konto angemeldet. Setzen Sie Ihr Passwort sofort zurück, und bitten Sie ${app} um Hilfe.`,
      why: belongs(app),
    }),
    mfa_disabled: (app) => ({
      subject: `Zweiter Nachweis für die Anmeldung bei ${app} entfernt`,
      heading: 'Ein zweiter Nachweis wurde entfernt',
      lead: `Bei Ihrem Konto bei ${app} wurde ein zweiter Nachweis entfernt. War es der letzte, genügt bei der Anmeldung das Passwort.`,
      notYou:
        'Wenn Sie das nicht waren, ist jemand anderes bei Ihrem Konto angemeldet. Setzen Sie Ihr Passwort sofort zurück, und richten Sie ihn wieder ein.',
      why: belongs(app),
    }),
    mfa_attempts: (app) => ({
      subject: `Falsche Codes bei der Anmeldung bei ${app}`,
      heading: 'Jemand hat falsche Codes eingegeben',
      lead: `Der erste Schritt der Anmeldung bei Ihrem Konto bei ${app} wurde bestanden; beim zweiten wurden mehrere falsche Codes eingegeben. Damit wurde niemand angemeldet.`,
      notYou: 'Wenn Sie das nicht waren, kennt vielleicht jemand Ihr Passwort. Ändern Sie es jetzt.',
      why: belongs(app),
    }),
    recovery_code_used: (app) => ({
      subject: `Ein Wiederherstellungscode wurde bei ${app} verwendet`,
      heading: 'Ein Wiederherstellungscode wurde verwendet',
      lead: `Einer der Wiederherstellungscodes Ihres Kontos bei ${app} wurde verwendet. Er gilt kein zweites Mal.`,
      notYou:
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort zurück, und erzeugen Sie neue Wiederherstellungscodes.',
      why: belongs(app),
    }),
    account_linked: (app) => ({
      subject: `Neue Anmeldemöglichkeit bei ${app} hinzugefügt`,
      heading: 'Eine Anmeldemöglichkeit wurde hinzugefügt',
      lead: `Ein Konto bei einem anderen Dienst wurde mit Ihrem Konto bei ${app} verknüpft und kann sich ab jetzt dort anmelden.`,
      notYou:
        'Wenn Sie das nicht waren, setzen Sie Ihr Passwort sofort zurück, und entfernen Sie die Verknüpfung in Ihrem Konto.',
      why: belongs(app),
    }),
    refresh_token_reused: (app) => ({
      subject: `Sie wurden auf einem Gerät bei ${app} abgemeldet`,
      heading: 'Wir haben eines Ihrer Geräte abgemeldet',
      lead: `Ein Schlüssel, der ein Gerät bei Ihrem Konto bei ${app} angemeldet hält, wurde zweimal verwendet. Vielleicht wurde er kopiert, deshalb ist er jetzt ungültig. Bitte melden Sie sich auf dem Gerät neu an.`,
      notYou:
        'Wenn Sie das Gerät unten nicht kennen oder diese E-Mail noch einmal kommt, setzen Sie Ihr Passwort zurück.',
      why: belongs(app),
    }),
  },
};
