// One row in a process of its own: `node run-row.js NAME JSON`. Prints its measurement as JSON.
import { findRow } from './catalogue.js';
import type { RowRun } from './row.js';

const [name = '', parameters = ''] = process.argv.slice(2);
const row = findRow(name);
if (row === undefined) throw new Error(`no row is called ${name}`);
const measurement = await row.run(JSON.parse(parameters) as RowRun);
process.stdout.write(`${JSON.stringify(measurement)}\n`, () => process.exit(0));
