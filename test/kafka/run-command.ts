import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** How a command failed: its exit code (or the system's code such as `ENOENT`) and what it printed. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly code: string | number | undefined;

  constructor(commandLine: string, failure: ExecutionFailure) {
    const how = failure.killed === true ? 'timed out' : `failed (${String(failure.code ?? failure.signal)})`;
    const printed = tail(`${failure.stdout ?? ''}${failure.stderr ?? ''}`);
    super(`${commandLine} ${how}${printed === '' ? '' : `:\n${printed}`}`, { cause: failure });
    this.code = failure.code ?? undefined;
  }
}

/**
 * Runs a command to its end, without a shell, and returns what it printed (stdout, then stderr).
 * @throws {@link CommandFailed} when it cannot be started, exits with another code than 0, or takes longer than `timeoutMs`.
 */
export async function runCommand(
  command: string,
  commandArguments: readonly string[],
  options: { readonly timeoutMs: number; readonly env?: NodeJS.ProcessEnv },
): Promise<string> {
  try {
    const { stdout, stderr } = await execute(command, commandArguments, {
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024 * 1024,
      env: options.env ?? process.env,
    });
    return stdout + stderr;
  } catch (error) {
    throw new CommandFailed(
      [command, ...commandArguments].join(' ').slice(0, 300),
      error as ExecutionFailure,
    );
  }
}

/** What `execFile` rejects with. */
interface ExecutionFailure extends Error {
  readonly code?: string | number | null;
  readonly signal?: NodeJS.Signals | null;
  readonly killed?: boolean;
  readonly stdout?: string;
  readonly stderr?: string;
}

function tail(text: string): string {
  return text.trimEnd().split('\n').slice(-20).join('\n');
}
