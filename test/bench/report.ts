import type { Table } from './catalogue.js';
import type { Measurement } from './meter.js';

/** Prints medians, and ratios to the first row. */
export function printTable(table: Table, results: ReadonlyMap<string, readonly Measurement[]>): void {
  const lines = [
    `\n${table.name}`,
    'row                        messages/s   ratio  target  CPU us   +us   RSS MB  about',
  ];
  const first = results.values().next().value ?? [];
  const base = median(first.map((m) => m.perSecond));
  const baseCpu = median(first.map((m) => m.cpuMicroseconds));
  for (const row of table.rows) {
    const runs = results.get(row.name);
    if (runs === undefined || runs.length === 0) continue;
    const rate = median(runs.map((m) => m.perSecond));
    const cpu = median(runs.map((m) => m.cpuMicroseconds));
    const target = table.targets[row.name];
    const extra = Object.keys(runs[0]?.extra ?? {}).map(
      (key) => `${key} ${median(runs.map((m) => m.extra?.[key] ?? Number.NaN)).toFixed(3)}`,
    );
    lines.push(
      [
        row.name.padEnd(26),
        Math.round(rate).toLocaleString('en').padStart(10),
        (rate / base).toFixed(3).padStart(7),
        (target?.toFixed(2) ?? '').padStart(7),
        cpu.toFixed(2).padStart(7),
        (cpu - baseCpu).toFixed(2).padStart(6),
        median(runs.map((m) => m.rssMegabytes))
          .toFixed(0)
          .padStart(7),
        ` ${[row.about, ...extra].join('; ')}`,
      ].join(' '),
    );
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
