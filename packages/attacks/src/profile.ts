/** JSON whose texts may hold `{email}`, `{password}`, `{current}`, `{token}`, `{id}`, `{code}`, `{name}`. */
export type Template = string | number | boolean | null | readonly Template[] | { readonly [name: string]: Template };

/** How success is told; without it, any 2xx. */
export interface Expect {
  readonly status?: number | readonly number[];
  /** A dotted path into the JSON of the answer, where something other than `null`, `false` and `""` has to be. */
  readonly has?: string;
  /** What that member has to be. */
  readonly is?: string | number | boolean;
  /** The path that `Location` leads to, where a refusal is a redirect as well. */
  readonly leadsTo?: string;
}

/** One thing that a user does. */
export interface Step {
  readonly method: string;
  /** Path and query, with placeholders. */
  readonly path: string;
  readonly body?: Template;
  /** The body is sent as a form; the default is JSON. */
  readonly form?: boolean;
  readonly ok?: Expect;
}

/** What users do. `login` and `session` have to be there; the others are left out where the application does not have them. */
export interface Steps {
  readonly login: Step;
  /** Tells who is signed in: `ok` holds for somebody, and for nobody it does not. */
  readonly session: Step;
  readonly register?: Step;
  /** Redeems the link that was mailed at registration. */
  readonly confirm?: Step;
  readonly resend?: Step;
  readonly logout?: Step;
  readonly logoutEverywhere?: Step;
  readonly sessions?: Step;
  readonly endSession?: Step;
  readonly stepUp?: Step;
  readonly changePassword?: Step;
  readonly forgot?: Step;
  readonly reset?: Step;
  readonly changeEmail?: Step;
  readonly confirmEmail?: Step;
  readonly revertEmail?: Step;
  readonly deleteAccount?: Step;
  /** Proposes a second factor by codes of an app. */
  readonly enrol?: Step;
  /** Proves it with `{code}`; `{id}` is the factor's. */
  readonly confirmEnrol?: Step;
  /** The second half of a sign-in: `{challenge}` and `{code}`, or `{email}`, `{password}` and `{code}` at once. */
  readonly secondFactor?: Step;
  /** The same with a recovery code as `{code}`. */
  readonly recover?: Step;
  readonly refresh?: Step;
  /** Begins a sign-in at a provider: a redirect, or JSON with `url`. */
  readonly oauthStart?: Step;
  /** Where the provider sends browsers back to. */
  readonly oauthCallback?: Step;
  /** Something that only somebody signed in may read. Default: `session`, where it refuses. */
  readonly guarded?: Step;
}

/** Where answers about a second factor hold what: dotted paths. */
export interface SecondFactorProfile {
  /** How `login` says that a second factor is due. */
  readonly due: Expect;
  /** In the answer of `enrol`: Base32, or an `otpauth:` URL that holds it. Default `secret`. */
  readonly secret?: string;
  /** In the answer of `enrol`. Default `factorId`. */
  readonly id?: string;
  /** In the answer of `login`. Default `challenge`. */
  readonly challenge?: string;
  /** In the answer of `confirmEnrol`, or of `enrol`. Default `recoveryCodes`. */
  readonly recoveryCodes?: string;
}

export type StepName = keyof Steps;

/** What the suite has to know of an application. Plain data: it may live in a JSON file. */
export interface Profile {
  readonly name: string;
  readonly steps: Steps;
  /** The cookie that stands for the session; or, without it, the dotted path of a bearer token in the answer of `login`. */
  readonly session: { readonly cookie: string } | { readonly bearer: string };
  readonly secondFactor?: SecondFactorProfile;
  /** The cookie of a refresh token. */
  readonly refreshCookie?: string;
  /** Where the public keys of access tokens are (RFC 7517 §5). */
  readonly jwks?: string;
  /** The parameter of a mailed link that holds the token. Default `token`. */
  readonly tokenParameter?: string;
  /** Paths of mailed links that hold the token themselves, at `{token}`. */
  readonly tokenPaths?: readonly string[];
  /** An address for `{name}`. Default `{name}@attacks.example`. */
  readonly address?: string;
  /** Pages of HTML, with `{token}` where they take one. */
  readonly pages?: readonly string[];
  /** The member of a form login that says where to go afterwards. */
  readonly returnTo?: string;
  /** Where the sessions of `sessions` are, and the member of one that is its id. Default `sessions` and `id`. */
  readonly list?: { readonly at: string; readonly id: string };
  /** Where mails can be read as a JSON list of `{ to, url?, text? }`: a path, or a URL. For the command. */
  readonly outbox?: string;
  /** A header by which the application, in tests, is told an address: its own proxies' header. */
  readonly addressHeader?: string;
}
