const undoings = new Set<() => void>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let watching = false;

function undoAll(): void {
  for (const undo of undoings) undo();
  undoings.clear();
}

function watch(): void {
  watching = true;
  process.on('exit', undoAll);
  for (const signal of signals) {
    process.once(signal, () => {
      undoAll();
      // Our listener took the default away. Where nobody else listens, die of the signal as before.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  }
}

/**
 * Runs `undo` (synchronous, must not throw) when the process exits or is interrupted, so that no
 * child and no temporary file outlives it. Returns what takes the request back.
 */
export function atExit(undo: () => void): () => void {
  if (!watching) watch();
  undoings.add(undo);
  return () => {
    undoings.delete(undo);
  };
}
