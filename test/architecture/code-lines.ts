import ts from 'typescript';

/** How many lines of a file hold code: not empty, and not comment alone. */
export function codeLines(text: string): number {
  const lines = new Set<number>();
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, false);
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(file);
    for (const child of children) visit(child);
    if (children.length > 0 || node.getWidth(file) === 0) return;
    const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
    const last = file.getLineAndCharacterOfPosition(node.getEnd()).line;
    for (let line = first; line <= last; line += 1) lines.add(line);
  };
  visit(file);
  return lines.size;
}
