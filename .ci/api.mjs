// Compares the public surface of each package with the reviewed report in its etc/; with --update writes the reports anew.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

import { root } from './child.mjs';
import { packages } from './packages.mjs';

const update = process.argv.includes('--update');
const settings = join(root, 'api-extractor.json');

const changed = packages().filter(({ path }) => {
  mkdirSync(join(path, 'etc'), { recursive: true });
  const config = ExtractorConfig.prepare({
    configObject: { ...ExtractorConfig.loadFile(settings), projectFolder: path },
    configObjectFullPath: settings,
    packageJsonFullPath: join(path, 'package.json'),
  });
  return !Extractor.invoke(config, { localBuild: update, showVerboseMessages: false }).succeeded;
});

if (changed.length > 0) {
  process.stderr.write(
    `The public surface of ${changed.map(({ manifest }) => manifest.name).join(', ')} is not what was reviewed, or has faults.\n` +
      'Is the change wanted? Then run npm run api:update and let the report be reviewed with it.\n',
  );
  process.exitCode = 1;
}
