/** `.example` cannot be registered (RFC 2606): no answer points at a page that is not the project's. */
export const docsOrigin = 'https://sallyport.example';
