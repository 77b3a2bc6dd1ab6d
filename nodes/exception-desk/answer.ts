import type { Answer } from '../../lib/node/answer.ts';
import type { Acted } from '../../lib/store/desk/acts.ts';
import type { Desk } from '../../lib/store/desk/desk.ts';
import type { Asked } from './request.ts';
import type { Action } from './settings.ts';

/** What is asked of the desk itself; the rest is a round of its own. */
export type AskedOfDesk = Asked & { readonly action: Exclude<Action, 'look' | 'escalate'> };

const STATUS = { missing: 404, state: 409 } as const;

/** Answers what is asked of the exceptions. `who` is the person who acts, as far as it is an act. */
export async function answer(desk: Desk, asked: AskedOfDesk, who: string): Promise<Answer> {
  const { action, id = '', owner = 'planner', until = 0, limit, after } = asked;
  const act = { who, comment: asked.comment };
  switch (action) {
    case 'list':
      return { statusCode: 200, payload: await desk.list(asked, limit) };
    case 'show': {
      const exception = await desk.show(id);
      if (!exception) return { statusCode: 404, payload: { error: `There is no exception ${id}.` } };
      return { statusCode: 200, payload: { ...exception, behind: await desk.lines(id, { after, limit }) } };
    }
    case 'acknowledge':
      return came(await desk.acknowledge(id, act));
    case 'wait':
      return came(await desk.wait(id, until, act));
    case 'resolve':
      return came(await desk.resolve(id, act));
    case 'reassign':
      return came(await desk.reassign(id, owner, act));
    case 'redrive':
      return came(await desk.redrive(id, act), 202);
  }
}

function came(acted: Acted, statusCode = 200): Answer {
  if ('refused' in acted) return { statusCode: STATUS[acted.because], payload: { error: acted.refused } };
  const { exception, ...more } = acted;
  return { statusCode, payload: { ...exception, ...more } };
}
