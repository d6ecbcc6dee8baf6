import { isUnanswered, savedWithoutAnswer } from '../store/lost-connection.ts';

/**
 * Runs a call that changes something, and then may read more for its answer. A caller that hears only that the database was
 * away would repeat the change.
 * @throws GoalAgentError `unknown_outcome` where something is saved and what follows gets no answer; what `work` throws.
 */
export async function sayingWhatIsSaved<R>(work: (saved: () => void) => Promise<R>): Promise<R> {
  let isSaved = false;
  try {
    return await work(() => {
      isSaved = true;
    });
  } catch (error) {
    throw isSaved && isUnanswered(error) ? savedWithoutAnswer(error) : error;
  }
}
