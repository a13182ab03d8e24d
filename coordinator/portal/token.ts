const KEY = 'headwater-admin-token';

/** The admin token of this tab: it is forgotten with the tab, and never sent but in a header. */
export const keptToken = (): string | null => sessionStorage.getItem(KEY);

export const keepToken = (token: string): void => sessionStorage.setItem(KEY, token);

export const forgetToken = (): void => sessionStorage.removeItem(KEY);
