/** Whether an actor is a process of this agent: its name with a suffix that differs from process to process. */
export function isProcessOf(agentName: string | undefined, actor: string): boolean {
  if (agentName === undefined || !actor.startsWith(`${agentName}-`)) return false;
  return /^[0-9a-f]{8}$/.test(actor.slice(agentName.length + 1));
}
