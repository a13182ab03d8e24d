/** The few members of Deno's global that this folder uses. */
declare const Deno:
  | {
      serve(
        options: { hostname: string; port: number; onListen(): void },
        fetch: (request: Request, info: { remoteAddr: { hostname: string } }) => Response | Promise<Response>,
      ): { addr: { port: number }; shutdown(): Promise<void> };
    }
  | undefined;

export const deno = typeof Deno === 'undefined' ? null : Deno;
export const bun = typeof Bun === 'undefined' ? null : Bun;

/** Which of the three runs this process. */
export const platform = bun ? 'bun' : deno ? 'deno' : 'node';
