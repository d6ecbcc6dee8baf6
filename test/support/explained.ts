import { vi } from 'vitest';
import { Session } from '../../src/store/session.ts';
import type { PlanNode } from './plans.ts';

/** A statement that ran, by itself or inside a function, and how PostgreSQL ran it. */
export interface Explained {
  text: string;
  plan: PlanNode;
}

/** At the login of a superuser: each statement tells its plan with the rows that it read, those inside functions too. */
const explaining = [
  'session_preload_libraries=auto_explain',
  'auto_explain.log_min_duration=0',
  'auto_explain.log_analyze=on',
  'auto_explain.log_timing=off',
  'auto_explain.log_nested_statements=on',
  'auto_explain.log_level=notice',
  'auto_explain.log_format=json',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

/**
 * Sessions that tell how each of their statements ran. Those that are made with `options` from here on put it into `heard`, in
 * the order in which the statements ended.
 */
export function explainSessions(): { options: string; heard: Explained[] } {
  const heard: Explained[] = [];
  const { enter } = Session.prototype;
  vi.spyOn(Session.prototype, 'enter').mockImplementation(function (this: Session, ...needs) {
    this.on('notice', ({ message }) => {
      const told = /^duration: [^{]*plan:\n(\{[\s\S]*\})$/.exec(message ?? '')?.[1];
      if (told === undefined) return;
      const { 'Query Text': text, Plan: plan } = JSON.parse(told) as { 'Query Text': string; Plan: PlanNode };
      heard.push({ text, plan });
    });
    return enter.apply(this, needs);
  });
  return { options: explaining, heard };
}
