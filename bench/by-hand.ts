import { createInterface } from 'node:readline';

// A floor to measure a start against: Node alone, which answers the handshake with what is written here.
const result = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'by hand', version: '0' } };
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id } = JSON.parse(line);
  if (id !== undefined) process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
});
