import { checkEntries } from '../setup/check-entries.ts';
import { clients } from '../setup/clients.ts';
import type { Computer } from '../setup/computer.ts';
import type { Server } from '../setup/server-entry.ts';
import { type Finding, findingsOf } from './finding.ts';

/** Looks at the clients on this machine: whether they have Goal Agent, whether it is this one, and whether it starts. */
export async function examineClients(computer: Computer, program: string): Promise<Finding[]> {
  const { findings, ok, warning, error } = findingsOf('clients');
  const connected = new Set<string>();
  for await (const { client, file, server, tried } of checkEntries(computer, clients)) {
    connected.add(client.name);
    const again = `Run: goal-agent setup ${client.name}`;
    if (!tried.isWorking) error(`${client.title} cannot start Goal Agent as ${file} says: ${tried.problem}.`, again);
    else if (server?.kind === 'local' && !isProgram(server, program))
      warning(
        `${client.title} starts another installation of Goal Agent (${file}).`,
        `To have it start this one: ${again}`,
      );
    else ok(`${client.title} starts Goal Agent (${file}).`);
  }
  for (const { name, title } of clients.filter((each) => !connected.has(each.name) && each.isFound(computer)))
    ok(`${title} is on this machine and has no Goal Agent; goal-agent setup ${name} connects it.`);
  if (findings.length === 0) ok('No client was found on this machine.');
  return findings;
}

/** Whether an entry starts this program, by its path or by the name under which it is installed. */
function isProgram({ command, args }: Extract<Server, { kind: 'local' }>, program: string): boolean {
  return command === 'goal-agent' || [command, ...args].includes(program);
}
