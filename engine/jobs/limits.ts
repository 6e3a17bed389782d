/** Bounds of what is asked of a check. */

/** Numbers of product groups have two bytes. */
export const GROUP_MAX = 65_535;
/** Groups that a participant may have declared; there are some forty. */
export const GROUPS_MAX = 1000;
/** Ten years. */
export const EXPIRES_SOON_DAYS_MAX = 3650;
