import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Prints Python source again from its syntax tree, so that comments and layout are Python's own. */
export interface Printer {
  /** Undefined where the text does not parse. */
  print(source: string): Promise<string | undefined>;
  close(): void;
}

const PROGRAM = `
import ast, json, sys
for line in sys.stdin:
    try:
        print(json.dumps(ast.unparse(ast.parse(json.loads(line)))), flush=True)
    except Exception:
        print("null", flush=True)
`;

/** Starts a Python that prints; undefined where there is none of 3.9 or newer. */
export async function startPrinter(): Promise<Printer | undefined> {
  const child = spawn('python3', ['-W', 'ignore', '-c', PROGRAM], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let isClosed = false;
  child.on('error', () => (isClosed = true));
  child.on('close', () => (isClosed = true));
  child.stdin.on('error', () => (isClosed = true));
  const answers: AsyncIterator<string, undefined> = createInterface(child.stdout)[
    Symbol.asyncIterator
  ]();
  const printer: Printer = {
    async print(source) {
      if (isClosed) return undefined;
      child.stdin.write(`${JSON.stringify(source)}\n`);
      const answer = await answers.next();
      if (answer.done === true) return undefined;
      const text: unknown = JSON.parse(answer.value);
      return typeof text === 'string' ? text : undefined;
    },
    close: () => child.stdin.end(),
  };
  return (await printer.print('x = 1')) === 'x = 1' ? printer : undefined;
}
