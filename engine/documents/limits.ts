/** Every bound of the document readers, each with its reason. Sizes are bytes unless the name says otherwise. */
export const DOCUMENT_LIMITS = {
  /** What is read to recognise a file: holds any XML prolog and CSV header, and costs one disk read. */
  headBytes: 64 * 1024,
  /** A read from disk: large enough that the call costs nothing beside the parsing, small enough for a shop's till. */
  chunkBytes: 1024 * 1024,
  /** Decompressed size of one input. 64 GiB is about a thousand million codes: more is a bomb or a mistake. */
  inflatedBytes: 64 * 1024 ** 3,
  /** Output to input of a .gz. Lists of codes compress 5 to 40 times, deflate cannot pass 1032; beyond 200 it is a bomb. */
  inflateRatio: 200,
  /** Below this output the ratio says nothing: a small file of one repeated line is no danger. */
  inflateFreeBytes: 256 * 1024 * 1024,
  /** Nesting of XML elements. The deepest known format (a UPD) uses 9. */
  xmlDepth: 64,
  /** Attributes of one XML element. The widest known element has 20. */
  xmlAttributes: 256,
  /** Text of one XML element, one attribute, comment or tag, in UTF-16 units. The longest known is a signature of some 20 K. */
  xmlText: 64 * 1024,
  /** One line of a table: 29 columns of at most 2000 characters fit four times. */
  tableLine: 256 * 1024,
  /** Columns of a table. GIS MT exports have about 30. */
  tableColumns: 512,
  /** Rows handed over at once: some 4 MB of short-lived objects. */
  tableBatchRows: 8192,
  /** Findings kept of one document; the rest are only counted. Nobody reads more, and a hostile file could make millions. */
  issues: 10_000,
  /** A code in a document. The schemas allow 255; what is longer is no code. */
  codeLength: 255,
} as const;
