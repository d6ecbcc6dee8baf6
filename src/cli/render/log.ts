import { prettyFactory } from 'pino-pretty';
import { look } from './output.ts';

/** How a line of the log reads to a person. A line that is no JSON is shown as it is. */
export function readableLog(): (line: string) => string {
  const { colours } = look();
  const pretty = prettyFactory({
    colorize: colours.bad('x') !== 'x',
    translateTime: 'SYS:yyyy-mm-dd HH:MM:ss',
    ignore: 'hostname',
    messageFormat: '{msg}',
  });
  return (line) => pretty(line).trimEnd();
}
