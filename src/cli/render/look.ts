import pc from 'picocolors';

export type Paint = (text: string) => string;

/** Colours by what they mean. Where there are no colours, each gives the text back as it is. */
export interface Colours {
  muted: Paint;
  accent: Paint;
  good: Paint;
  warning: Paint;
  bad: Paint;
  strong: Paint;
}

/** The signs of statuses and of other short facts. A sign is one cell wide. */
export interface Signs {
  ready: string;
  waiting: string;
  inProgress: string;
  /** Completed, as a goal; among tasks it is `done`. */
  completed: string;
  done: string;
  failed: string;
  /** Blocked and cancelled. */
  stopped: string;
  high: string;
  low: string;
  critical: string;
  full: string;
  empty: string;
  ellipsis: string;
}

/** How an answer is written: for a person at this terminal, or for a file. */
export interface Look {
  /** Cells of a line; Infinity where no text is cut. */
  width: number;
  signs: Signs;
  colours: Colours;
}

/** What is known of the place that an answer goes to. */
export interface Surroundings {
  isTerminal: boolean;
  /** Columns of the terminal. */
  columns: number | undefined;
  env: Readonly<Record<string, string | undefined>>;
  platform: string;
}

const signs: Signs = {
  ready: '○',
  waiting: '◌',
  inProgress: '◐',
  completed: '●',
  done: '✔',
  failed: '✕',
  stopped: '⊘',
  high: '▲',
  low: '▼',
  critical: '◆',
  full: '█',
  empty: '░',
  ellipsis: '…',
};

const plainSigns: Signs = {
  ready: 'o',
  waiting: '.',
  inProgress: '>',
  completed: 'x',
  done: 'x',
  failed: '!',
  stopped: '-',
  high: '^',
  low: 'v',
  critical: '*',
  full: '#',
  empty: '.',
  ellipsis: '...',
};

/** A terminal that does not say how wide it is. */
const usualColumns = 80;

/** No line is cut in a file, unless COLUMNS says how wide it has to be. */
export function lookFor(surroundings: Surroundings): Look {
  const { isTerminal, columns, env } = surroundings;
  const said = Number.parseInt(env.COLUMNS ?? '', 10);
  const width = isTerminal ? columns || usualColumns : said > 0 ? said : Number.POSITIVE_INFINITY;
  return {
    width,
    signs: writesUnicode(surroundings) ? signs : plainSigns,
    colours: coloursOf(hasColours(surroundings)),
  };
}

/** What everybody's programs understand: NO_COLOR turns colours off, FORCE_COLOR brings them into a file. */
export function hasColours({ isTerminal, env }: Pick<Surroundings, 'isTerminal' | 'env'>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return isTerminal && env.TERM !== 'dumb';
}

export function coloursOf(isOn: boolean): Colours {
  const { dim, cyan, green, yellow, red, bold } = pc.createColors(isOn);
  return { muted: dim, accent: cyan, good: green, warning: yellow, bad: red, strong: bold };
}

/** Whether the locale is one of UTF-8. Terminals of Windows that can say so show everything. */
function writesUnicode({ env, platform }: Surroundings): boolean {
  if (platform === 'win32') return Boolean(env.WT_SESSION || env.TERM_PROGRAM);
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');
}
