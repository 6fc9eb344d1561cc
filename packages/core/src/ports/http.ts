/** Outgoing calls: no redirects, a time limit, a size limit. */
export interface Http {
  fetch(request: Request, limits: { readonly timeoutMs: number; readonly maxBytes: number }): Promise<Response>;
}
