/** Whether a task of this status asks for nothing more of anybody: its goal does not count it as open. */
export function isClosedTask(status: unknown): boolean {
  return status === 'completed' || status === 'cancelled';
}
