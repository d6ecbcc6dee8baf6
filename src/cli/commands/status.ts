import type { Command } from 'commander';
import type { Clients } from '../../machine/service/ask.ts';
import type { ServiceRecord } from '../../machine/service/record.ts';
import { getAgentStatus } from '../../tools/get-agent-status.ts';
import type { Actions } from '../actions.ts';
import { example, withJson } from '../arguments.ts';
import { printJson } from '../render/output.ts';
import { type AgentStatus, renderNotRunning, renderStatus } from '../render/service.ts';
import { withServerName } from '../server-argument.ts';

interface StatusOptions {
  verbose?: boolean;
  json?: boolean;
}

/** Adds `status`. It ends with 0 where the service runs and its database answers, otherwise with 1. */
export function addStatusCommand(program: Command, actions: Actions): void {
  const command = withServerName(program.command('status'))
    .option('-v, --verbose', 'also its workspace, pool, files and notices')
    .description('whether the service runs, where, with which database and cache, and what it holds');
  example(withJson(command), `${program.name()} status -v`).action(
    (_server: string | undefined, options: StatusOptions) => runStatus(actions, options),
  );
}

async function runStatus(actions: Actions, { verbose = false, json = false }: StatusOptions): Promise<void> {
  const { findService } = await import('../../machine/service/record.ts');
  const { askClients, askStatus, localUrl } = await import('../../machine/service/ask.ts');
  const machine = actions.machine();
  const service = await findService(machine.home);
  const [asked, clients] =
    service === undefined ? [] : await Promise.all([askStatus(machine, service), askClients(machine, service)]);
  const status = getAgentStatus.output.safeParse(asked).data as AgentStatus | undefined;
  if (status?.persistence.connected !== true) process.exitCode = 1;
  if (json) return printJson(asJson({ service, status, clients, url: service && localUrl(service) }));
  if (service === undefined) return renderNotRunning(machine.home);
  renderStatus({ service, status, clients, home: machine.home }, { verbose });
}

interface Found {
  service: ServiceRecord | undefined;
  status: AgentStatus | undefined;
  clients: Clients | undefined;
  url: string | undefined;
}

function asJson({ service, status, clients, url }: Found) {
  if (service === undefined) return { running: false };
  const { pid, started_at, version } = service;
  const uptime_seconds = Math.max(0, Math.round((Date.now() - Date.parse(started_at)) / 1000));
  return {
    running: true,
    pid,
    url,
    started_at,
    uptime_seconds,
    version,
    status: status ?? null,
    clients: clients ?? null,
  };
}
