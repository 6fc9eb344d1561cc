/** Three origins of one site, `localhost`: the browser sends the refresh cookie from the page to the API. */
export interface Origins {
  /** Serves the page. */
  readonly app: string;
  /** Signs in and renews. */
  readonly api: string;
  /** Another service, which knows the public keys and nothing else. */
  readonly orders: string;
}
