/** What a presentation may be called: `PresentationId` in wire/ids.ts. */
const ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** The id of the presentation that an address of this page asks for, `/?watch=bbb` or `/#bbb`; null for the library. */
export function watched(address: { readonly search: string; readonly hash: string }): string | null {
  const id = new URLSearchParams(address.search).get('watch') ?? address.hash.slice(1);
  return ID.test(id) ? id : null;
}

/** The address that `watched` reads back. */
export const addressOf = (id: string | null) => (id === null ? '/' : `/?watch=${id}`);
