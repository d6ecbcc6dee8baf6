import type { WritingCall } from './calls.ts';

/** An answer that a writer was given. From then on its call must be there: once, and whole. */
export interface Acknowledged {
  mark: string;
  tool: string;
  requestId: string | undefined;
  /** The answer, to the letter. */
  text: string;
  parts: number;
  ids: readonly string[];
}

/** What the writers of one store know, and no fault may take away. */
export class Knowledge {
  readonly acknowledged: Acknowledged[] = [];
  /** The numbers of parts that a call may have, by its mark, whether it was answered or not. */
  readonly parts = new Map<string, readonly number[]>();
  /** What contradicts an answer that was given before, in words. */
  readonly contradictions: string[] = [];

  begin({ mark, parts }: WritingCall): void {
    this.parts.set(mark, parts);
  }

  acknowledge({ mark, tool, requestId, told }: WritingCall, answer: Record<string, unknown>, text: string): void {
    this.acknowledged.push({ mark, tool, requestId, text, ...told(answer) });
  }
}
