/** Gives the text of a file of the repository. */
export type ReadFile = (file: string) => string;

const block = /(<!-- from (\S+?)#(\S+) -->\n+```ts\n)([^]*?)(```)/g;

/** The document with every marked block replaced by the region that it names. */
export function withSnippets(document: string, read: ReadFile): string {
  return document.replaceAll(
    block,
    (_match, head: string, file: string, region: string, _old: string, end: string) => {
      return `${head}${regionOf(read(file), `${file}#${region}`, region)}${end}`;
    },
  );
}

/** How many TypeScript blocks of a document do not say where they come from. */
export function unmarkedBlocks(document: string): number {
  const all = document.match(/^```ts$/gm)?.length ?? 0;
  return all - [...document.matchAll(block)].length;
}

function regionOf(text: string, place: string, name: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.trim() === `// #region ${name}`);
  const end = lines.findIndex((line, index) => index > start && line.trim() === '// #endregion');
  if (start === -1 || end === -1) throw new Error(`there is no region ${place}`);
  const inside = lines.slice(start + 1, end);
  const indents = inside.filter((line) => line !== '').map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents);
  return `${inside.map((line) => line.slice(indent)).join('\n')}\n`;
}
