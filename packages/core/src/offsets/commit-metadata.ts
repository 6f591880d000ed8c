/**
 * The text that every commit carries for whoever owns the partition next: a versioned envelope of typed sections.
 *
 *     MR1|n:c|m:….|~
 *
 * `MR`, the version, then sections of one letter and a value, and a pad. Values are printable ASCII without `|`. The
 * pad is there because some clients drop or add a last byte. Sections of a letter this version does not know are kept
 * and written again; an unknown version or foreign text is ignored (the caller counts it). Nothing ever halts for it.
 */
const MAGIC = 'MR';
const VERSION = '1';
const PAD = '~';
/** Kafka's `offset.metadata.max.bytes` is 4,096 by default, and the client adds a terminator. */
const METADATA_MAX_BYTES = 4_095;
const VALUE = /^[\x20-\x7b\x7d\x7e]*$/;
const PADDING = /^(~[^]?)?$/;

/** Sections by their letter. `n` = number of partitions that the topic had when the group began with it, base 36. */
export type MetadataSections = ReadonlyMap<string, string>;

/** Writes an envelope. Sections that would make it too long are left out, the later ones of the map first. */
export function encodeMetadata(sections: MetadataSections): string {
  const head = `${MAGIC}${VERSION}|`;
  let text = head;
  for (const [letter, value] of sections) {
    if (letter.length !== 1 || !VALUE.test(letter) || !VALUE.test(value)) continue;
    const section = `${letter}:${value}|`;
    if (text.length + section.length + PAD.length <= METADATA_MAX_BYTES) text += section;
  }
  return text + PAD;
}

/** Reads an envelope; `undefined` when it is none of ours, of another version, or damaged. */
export function decodeMetadata(text: string): MetadataSections | undefined {
  const head = `${MAGIC}${VERSION}|`;
  if (!text.startsWith(head) || text.length > METADATA_MAX_BYTES + 1) return undefined;
  const texts = text.slice(head.length).split('|');
  // the pad, which may be gone or have a byte behind it; anything else is a section that was cut off
  if (!PADDING.test(texts.pop() as string)) return undefined;
  const sections = new Map<string, string>();
  for (const section of texts) {
    const letter = section[0];
    if (letter === undefined || section[1] !== ':' || !VALUE.test(section) || sections.has(letter))
      return undefined;
    sections.set(letter, section.slice(2));
  }
  return sections;
}

const PARTITION_COUNT = 'n';

/** The sections with the partition count put in, as the first: it is the last to be left out. */
export function withPartitionCount(sections: MetadataSections, count: number): MetadataSections {
  return new Map([[PARTITION_COUNT, ''], ...sections]).set(PARTITION_COUNT, count.toString(36));
}

/** The partition count that an envelope records, when it has one that makes sense. */
export function partitionCountOf(sections: MetadataSections | undefined): number | undefined {
  const text = sections?.get(PARTITION_COUNT);
  if (text === undefined || !/^[0-9a-z]{1,6}$/.test(text)) return undefined;
  const count = Number.parseInt(text, 36);
  return count === 0 ? undefined : count;
}
