import { renameSync, writeFileSync } from 'node:fs';

// Loaded before a program that is measured, which runs with --expose-gc: at each SIGUSR2 it writes down what its memory holds
// once all that nobody holds is gone.
const file = process.env.BENCH_MEMORY_FILE;
if (file !== undefined) {
  writeFileSync(`${file}.pid`, String(process.pid));
  process.on('SIGUSR2', () => {
    globalThis.gc?.();
    globalThis.gc?.();
    // whole at once for whoever waits for it
    writeFileSync(`${file}.draft`, JSON.stringify(process.memoryUsage()));
    renameSync(`${file}.draft`, file);
  });
}
