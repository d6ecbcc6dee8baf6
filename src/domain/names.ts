/** What workspaces and tokens are called: text that needs no quotes in a shell, a URL or a line of history. */
export const nameForm = /^[A-Za-z0-9._-]{1,64}$/;

/** What the commands that look after a service call themselves where they ask it: they are no clients of it. */
export const keeperName = 'mcpctl';

/** How a message says it. */
export const allowedName = '1 to 64 letters (a to z), digits, ".", "_" and "-"';
