/** A part of a task's text, with its heading. */
export interface Section {
  heading: string;
  text: string;
}

/** `<!-- AC:BEGIN -->`, `<!-- SECTION:PLAN:BEGIN -->`: what the program writes round the parts that it knows. */
const marker = /^<!-- (?:SECTION:)?([A-Z_]+):(BEGIN|END) -->\s*$/;

/** The parts of a page. A heading between the marks of a part belongs to its text. */
export function sectionsOf(body: string): Section[] {
  const sections: Section[] = [{ heading: '', text: '' }];
  let inside: string | undefined;
  for (const line of body.split(/\r\n|\n|\r/)) {
    const [, name, end] = marker.exec(line) ?? [];
    if (name !== undefined && (inside === undefined || inside === name)) {
      inside = end === 'BEGIN' ? name : undefined;
      continue;
    }
    const [, heading] = inside === undefined ? (/^## +(.*?)\s*$/.exec(line) ?? []) : [];
    const last = sections.at(-1);
    if (heading !== undefined) sections.push({ heading, text: '' });
    else if (last !== undefined) last.text += `${line}\n`;
  }
  return sections.map(({ heading, text }) => ({ heading, text: text.trim() })).filter(({ text }) => text !== '');
}
