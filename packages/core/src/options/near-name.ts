/** The candidate that was probably meant: alike but for upper and lower case, or one or two slips of a finger away. */
export function nearName(given: string, candidates: readonly string[]): string | undefined {
  const lower = given.toLowerCase();
  const allowedSlips = given.length <= 4 ? 1 : 2;
  let nearest: string | undefined;
  let fewest = allowedSlips + 1;
  for (const candidate of candidates) {
    const slips = editDistance(lower, candidate.toLowerCase(), fewest);
    if (slips < fewest) [nearest, fewest] = [candidate, slips];
  }
  return nearest;
}

/**
 * Damerau's distance: a letter too many, missing, or wrong, and two neighbours exchanged, count one each. (The restricted
 * form: no letter is touched twice.) Gives `limit` for anything that is not below it.
 */
export function editDistance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  const row = (length: number): number[] => new Array<number>(length).fill(0);
  let beforeLast = row(b.length + 1);
  let last = beforeLast.map((_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const current = row(b.length + 1);
    current[0] = i;
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let slips = Math.min(substitution, at(last, j) + 1, at(current, j - 1) + 1);
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (exchanged) slips = Math.min(slips, at(beforeLast, j - 2) + 1);
      current[j] = slips;
    }
    [beforeLast, last] = [last, current];
  }
  return Math.min(at(last, b.length), limit);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
