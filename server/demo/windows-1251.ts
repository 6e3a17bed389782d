const BYTE_OF = new Map(
  Array.from(
    new TextDecoder('windows-1251').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
    (character, byte) => [character, byte],
  ),
);

/** Text as windows-1251 bytes. @throws RangeError for a character that the encoding doesn't have */
export function encodeWindows1251(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const byte = BYTE_OF.get(character);
    if (byte === undefined) throw new RangeError(`windows-1251 has no «${character}»`);
    return byte;
  });
}
