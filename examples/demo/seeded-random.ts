/** Numbers from 0 to below 1. */
export type Random = () => number;

/** The generator known as mulberry32: 32 bits of state, good enough for demo data, the same numbers for the same seed. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The item at a share (from 0 to below 1) of a list that is not empty. */
export function pick<T>(items: readonly T[], share: number): T {
  return items[Math.floor(share * items.length)] as T;
}
