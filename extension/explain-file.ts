import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

/**
 * What Cordon says of one file, as text. Runs the command that lies beside the extension in a child
 * process: nothing heavy runs in the extension host.
 *
 * @param extensionDir the extension's own folder, which holds `dist/cordon.mjs`.
 */
export async function explainFile(extensionDir: string, file: string): Promise<string> {
  const command = join(extensionDir, 'dist', 'cordon.mjs');
  try {
    const { stdout } = await runFile(
      process.execPath,
      [command, 'explain', '--color', 'never', '--', file],
      { cwd: dirname(file), env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } },
    );
    return stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return stderr !== undefined && stderr !== '' ? stderr : message;
  }
}
