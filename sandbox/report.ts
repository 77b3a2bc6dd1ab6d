import { setTimeout as sleep } from 'node:timers/promises';
import type { RunSummary } from '../lib/store/summary.ts';

const OPEN_STATES = new Set(['received', 'applying']);

/** Sends a forecast through the flow's HTTP route and waits, up to two minutes, until its run has come to an end. */
export async function importForecast(url: string, csv: string): Promise<RunSummary> {
  const headers = authorization();
  const sent = { method: 'POST', headers: { ...headers, 'content-type': 'text/csv' }, body: csv };
  const answer = await fetch(`${url}/planning/forecasts`, sent);
  if (answer.status !== 202) throw new Error(`The forecast was not accepted: ${answer.status} ${await answer.text()}`);
  let summary = (await answer.json()) as RunSummary;
  for (let second = 0; second < 240 && OPEN_STATES.has(summary.state); second++) {
    await sleep(500);
    summary = (await (await fetch(`${url}/planning/runs/${summary.run}`, { headers })).json()) as RunSummary;
  }
  return summary;
}

/** The first of the tokens that requests need, where there are any. */
function authorization(): Record<string, string> {
  const [token] = /(?<=:)[^\s,]+/.exec(process.env.PLANBRIDGE_TOKENS ?? '') ?? [];
  return token ? { authorization: `Bearer ${token}` } : {};
}

/** The outcome of a run for a person at a terminal: totals first, then each exception with its reason and owner. */
export function describeRun(summary: RunSummary): string {
  const { quantity } = summary;
  const lines = [
    '',
    `Forecast run ${summary.run}: ${summary.state}${summary.error ? ` (${summary.error})` : ''}`,
    `  received ${summary.received} lines, quantity ${quantity.received}`,
    `  released ${summary.accepted} lines, quantity ${quantity.accepted}: ${summary.applied} applied, ${summary.unchanged} unchanged, ${summary.dead} refused by Odoo`,
    `           ${summary.created} reordering rules created, ${summary.updated} updated`,
    `  held     ${summary.held} lines, quantity ${quantity.held}`,
    `  rejected ${summary.rejected} lines, quantity ${quantity.rejected}`,
    ...(summary.state === 'awaiting-approval'
      ? [`  version ${summary.version} waits for approval: POST /planning/runs/${summary.run}/approve, or /reject`]
      : []),
    ...summary.exceptions.map(
      (e) =>
        `  line ${e.line ?? '?'}  ${e.reason}  ${[e.product, e.location, e.period].filter(Boolean).join(' · ')}\n      ${e.message} [${e.owner}] ${e.action}`,
    ),
  ];
  if (summary.exceptionCount > summary.exceptions.length)
    lines.push(`  … and ${summary.exceptionCount - summary.exceptions.length} more exceptions`);
  return lines.join('\n');
}
