import type pg from 'pg';
import { brokenInvariants } from '../../../support/invariants.ts';
import type { Acknowledged, Knowledge } from './record.ts';

/** The events of one operation that bear one mark. */
export interface Traces {
  mark: string;
  operation: string;
  count: number;
  ids: string[];
  requestId: string | null;
  /** The answer that is kept for the request. */
  answer: string | null;
}

/** What must be nowhere, in words: an empty list where all is well. */
export interface Verdict {
  lost: string[];
  halves: string[];
  twice: string[];
  /** Answers, leases and counts that contradict what was told. */
  wrong: string[];
}

export const markPattern = 'mark-[a-z0-9]+-[0-9]+';

/** Compares the store with all that was told. Writers may go on meanwhile: what they are told later is not looked for. */
export async function examine(sql: pg.Client, knowledge: Knowledge): Promise<Verdict> {
  const told = knowledge.acknowledged.slice();
  const verdict = judge({ told, parts: knowledge.parts, traces: await readTraces(sql) });
  const wrong = [...knowledge.contradictions, ...(await leasesGivenTwice(sql))];
  return { ...verdict, wrong: [...verdict.wrong, ...wrong] };
}

/** The same, and whether every count and every row is what the history and the other rows say. */
export async function examineAll(sql: pg.Client, knowledge: Knowledge): Promise<Verdict> {
  const verdict = await examine(sql, knowledge);
  const broken = Object.entries(await brokenInvariants(sql));
  return {
    ...verdict,
    wrong: [...verdict.wrong, ...broken.map(([rule, rows]) => `${rule}: ${JSON.stringify(rows.slice(0, 3))}`)],
  };
}

interface Evidence {
  told: readonly Acknowledged[];
  parts: ReadonlyMap<string, readonly number[]>;
  traces: readonly Traces[];
}

export function judge({ told, parts, traces }: Evidence): Verdict {
  const byMark = new Map<string, Traces[]>();
  for (const each of traces) byMark.set(each.mark, [...(byMark.get(each.mark) ?? []), each]);
  const verdict: Verdict = { lost: [], halves: [], twice: [], wrong: [] };
  for (const [mark, found] of byMark) {
    if (found.length > 1) verdict.twice.push(`${mark} was done by operations ${found.map((each) => each.operation)}`);
    const allowed = parts.get(mark) ?? [];
    for (const { count } of found)
      if (!allowed.includes(count)) verdict.halves.push(`${mark} has ${count} of ${allowed.join(' or ')} events`);
  }
  for (const each of told) {
    const [found] = byMark.get(each.mark) ?? [];
    if (found === undefined) {
      if (each.parts > 0) verdict.lost.push(`${each.mark}: ${each.tool} was answered ${each.text.slice(0, 200)}`);
      continue;
    }
    if (found.count !== each.parts) verdict.halves.push(`${each.mark} has ${found.count} of ${each.parts} events`);
    verdict.wrong.push(...differences(each, found));
  }
  return verdict;
}

function differences(told: Acknowledged, found: Traces): string[] {
  const missing = told.ids.filter((id) => !found.ids.includes(id));
  return [
    ...(missing.length > 0 ? [`${told.mark} told of ${missing}, and changed ${found.ids}`] : []),
    ...(told.requestId !== undefined && found.answer !== told.text
      ? [`${told.mark} was answered ${told.text}, and ${found.answer} is kept`]
      : []),
  ];
}

async function readTraces(sql: pg.Client): Promise<Traces[]> {
  const { rows } = await sql.query<Traces>(`
    select m.mark, m.operation::text, m.count, m.ids, o.request_id as "requestId", o.answer
    from (
      select substring(e.after::text from '${markPattern}') as mark, e.workspace_id, e.operation, count(*)::int4,
        array_agg(coalesce(e.task_id, e.goal_id)) as ids
      from events e
      where e.after::text ~ '${markPattern}'
      group by 1, 2, 3
    ) m
    join operations o on o.workspace_id = m.workspace_id and o.seq = m.operation`);
  return rows;
}

/** Two claims of one task under one fence, or one while another agent holds it: both would be believed. */
async function leasesGivenTwice(sql: pg.Client): Promise<string[]> {
  const { rows } = await sql.query<{ task_id: string; fence: string; holder: string; before: string | null }>(`
    select c.task_id, c.fence, c.holder, c.before
    from (
      select e.task_id, e.action, e.after ->> 'fence' as fence, e.after ->> 'claimed_by' as holder,
        lag(e.after ->> 'claimed_by') over (partition by e.task_id order by e.seq) as before,
        count(*) filter (where e.action = 'claimed') over (partition by e.task_id, e.after ->> 'fence') as claims
      from events e
      where e.task_id is not null and e.after ? 'claimed_by'
    ) c
    where c.action = 'claimed' and (c.claims > 1 or c.before is not null)`);
  return rows.map(
    ({ task_id, fence, holder, before }) =>
      `${task_id} was claimed by ${holder} under fence ${fence}${before === null ? ', as by another' : ` while ${before} held it`}`,
  );
}
