// node .ci/setup.mjs TASK [ARGUMENT...]: makes a fresh clone ready, then does the task. Needs nothing but Node, npm and git.
import { join } from 'node:path';
import process from 'node:process';

import { build } from './build.mjs';
import { cleanEnvironment, root, runScript } from './child.mjs';
import { prepare } from './prepare.mjs';
import { say, SetupError } from './say.mjs';
import { closingLine, test } from './test.mjs';

const CHECKS = ['format', 'lint', 'build', 'deps', 'api', 'pack', 'manifests'];

/** Each resolves with the exit code. */
const tasks = {
  async start(args) {
    refuseLostOptions(args);
    compile(['examples']);
    return await runScript(join(root, 'examples', 'dist', 'demo', 'main.js'), args);
  },
  async kafka(args) {
    compile(['test']);
    return await runScript(join(root, 'test', 'dist', 'kafka', 'main.js'), args);
  },
  async bench(args) {
    compile(['test']);
    return await runScript(join(root, 'test', 'dist', 'bench', 'main.js'), args);
  },
  async test(args) {
    compile([]);
    return await test(args);
  },
  async check(args) {
    const withoutTests = args.includes('--without-tests');
    const wanted = withoutTests ? CHECKS : [...CHECKS, 'test:unit'];
    const options = args.filter((argument) => argument !== '--without-tests');
    // One failure does not hide the others.
    const turbo = [
      'run',
      ...wanted,
      '--continue=dependencies-successful',
      '--output-logs=new-only',
      ...options,
    ];
    const env = { ...cleanEnvironment(), TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
    return await runScript(join(root, 'node_modules', 'turbo', 'bin', 'turbo'), turbo, env);
  },
};

/** `npm start --messages 5` without the `--` before the options arrives as `5`: npm keeps the option for itself. */
function refuseLostOptions(args) {
  const lost = ['messages', 'exit'].filter((option) => process.env[`npm_config_${option}`] !== undefined);
  const strays = args.filter(
    (argument, index) => !argument.startsWith('-') && !args[index - 1]?.startsWith('-'),
  );
  if (lost.length === 0 && strays.length === 0) return;
  throw new SetupError(
    'npm has kept the options for itself; put -- before them: npm start -- --messages 20000 --exit',
  );
}

function compile(projects) {
  say('compiling');
  if (!build(projects)) throw new SetupError('it does not compile');
}

async function main() {
  const [name, ...args] = process.argv.slice(2);
  const task = Object.hasOwn(tasks, name ?? '') ? tasks[name] : undefined;
  try {
    if (task === undefined) throw new SetupError(`tasks: ${Object.keys(tasks).join(', ')}`);
    prepare();
    process.exitCode = await task(args);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
    if (name === 'test') closingLine({ passed: 0, failed: 1, skipped: 0 });
  }
}

await main();
