/** What an API key may do; each includes the ones before it. */
export const SCOPES = ['verify', 'write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];
