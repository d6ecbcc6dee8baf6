/** A line on stderr with the progress of a long job; nothing where stderr is no terminal. */
export function progressLine(title: string): { show: (done: number, total: number) => void; end: () => void } {
  const { stderr } = process;
  let shown = false;
  let last = '';
  return {
    show(done, total) {
      if (!stderr.isTTY || total === 0) return;
      const text = `${title}: ${Math.floor((100 * done) / total)} %`;
      if (text === last) return;
      last = text;
      shown = true;
      stderr.write(`\r${text}`);
    },
    end() {
      // clears the line: the next text on the terminal begins at its start
      if (shown) stderr.write('\r\u001b[K');
    },
  };
}
