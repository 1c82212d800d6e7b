/** What every HTTP part of the service is. */
export type HttpHandler = (request: Request) => Promise<Response>;
