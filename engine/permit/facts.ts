/**
 * What is known of a code when it comes to a till. Three-valued: `true`, `false`, and absent for what was not said; a fact that is absent is never
 * taken for true. Names and units are those of `codes/check` (cash-register services §1.2).
 */
export interface Facts {
  /** Number of §1.3; 0: no error. */
  errorCode?: number;
  found?: boolean;
  /** Structure is right. */
  valid?: boolean;
  /** The crypto part is right. */
  verified?: boolean;
  utilised?: boolean;
  isBlocked?: boolean;
  /** Who blocked: RAR, FTS, FNS … */
  ogvs?: readonly string[];
  grayZone?: boolean;
  sold?: boolean;
  /** Refines `sold`: 1 at a distance or by samples, 2 own or production use. */
  eliminationState?: number;
  realizable?: boolean;
  isTracking?: boolean;
  isOwner?: boolean;
  /** The last moment at which the goods are good; `null`: they have none, as whoever answered says. */
  expiresAt?: Date | null;
  /** Product groups, §1.5; an open list. */
  groupIds?: readonly number[];
  /** Parts in the unit and parts sold already: pieces, ml or g. */
  innerUnitCount?: number;
  soldUnitCount?: number;
  /** Kopecks that the code itself names: characters 22–25 of a tobacco pack, AI 8005 of a block; 0: no price set. */
  printedPrice?: number;
  /** Kopecks: the highest price of tobacco, the lowest of nicotine liquids. */
  mrp?: number;
  /** Kopecks: common lowest price of a pack. */
  smp?: number;
  /** Packs in a group pack; absent and `group`: 10 packs of a block. */
  packageQuantity?: number;
  /** The code names a group pack, not a pack. */
  group?: boolean;
}

/** Where the facts come from; a receipt's tag 1265 and a dispute need to know. */
export type Channel = 'register' | 'upstream' | 'cache' | 'emergency' | 'impossible';

/** One line of a receipt that is being made. */
export interface ReceiptLine {
  mode: 'sale' | 'return';
  /** Moment of the sale. */
  at: Date;
  /** Kopecks for one piece; absent: prices are not tested. */
  price?: number;
  /** Parts that are sold or taken back, in the unit's own measure; absent: the whole. */
  quantity?: number;
  /** The receipt is of a sale at a distance or by samples (1), or of own use (2). */
  eliminationState?: 1 | 2;
  /** The same КИ stands in this receipt already. */
  repeated?: boolean;
}
