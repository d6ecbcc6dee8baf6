import { z } from 'zod';

/** A finding, a decision or a question on a goal or a task, as callers see it. `text_length` where the text is cut. */
export const Note = z.object({
  id: z.number().int(),
  goal_id: z.string(),
  task_id: z.string().nullable(),
  actor: z.string(),
  text: z.string(),
  text_length: z.number().int().optional(),
  created_at: z.string(),
});
export type Note = z.infer<typeof Note>;
