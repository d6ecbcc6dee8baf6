/** What workspaces and tokens are called: text that needs no quotes in a shell, a URL or a line of history. */
export const nameForm = /^[A-Za-z0-9._-]{1,64}$/;

/** How a message says it. */
export const allowedName = '1 to 64 letters (a to z), digits, ".", "_" and "-"';
