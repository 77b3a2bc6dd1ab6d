import assert from 'node:assert/strict';
import { type Answer, answerWith } from '../../lib/node/answer.ts';
import { MessageError, SettingsError } from '../../lib/node/errors.ts';
import { NotAllowed } from '../../lib/node/identity.ts';
import type { FlowMessage } from '../../lib/node/types.ts';
import { StoreError } from '../../lib/store/errors.ts';

describe('an answer', () => {
  const answered = async (message: object, find: () => Promise<Answer>) => {
    const sent: FlowMessage[] = [];
    const failed = await answerWith(message as FlowMessage, (answer) => void sent.push(answer), find).then(
      () => undefined,
      (error: Error) => error,
    );
    return { sent, failed };
  };
  const failing = (error: Error) => () => Promise.reject(error);

  it('goes on with the message that asked', async () => {
    const { sent } = await answered({ topic: 'mine', res: 'response' }, async () => ({ statusCode: 202, payload: [1] }));
    const headers = { 'content-type': 'application/json' };
    assert.deepEqual(sent, [{ topic: 'mine', res: 'response', statusCode: 202, payload: [1], headers }]);
  });

  for (const { error, statusCode, thrown } of [
    { error: new NotAllowed(403, 'You may not.'), statusCode: 403, thrown: false },
    { error: new MessageError('payload', 'limit is not right.'), statusCode: 400, thrown: false },
    { error: new SettingsError('The tokens are not right.'), statusCode: 500, thrown: true },
    { error: new StoreError('unavailable', 'The store is away.'), statusCode: 503, thrown: true },
    { error: new TypeError('x is not a function'), statusCode: 500, thrown: true },
  ])
    it(`tells whoever waits for it of a ${error.name}: ${statusCode}${thrown ? ', and fails with it' : ''}`, async () => {
      const { sent, failed } = await answered({ req: {} }, failing(error));
      assert.deepEqual(
        sent.map((answer) => [answer.statusCode, (answer.payload as { error: string }).error]),
        [[statusCode, error.message]],
      );
      assert.equal(failed, thrown ? error : undefined);
    });

  it('is none where a message of the flow fails', async () => {
    const error = new MessageError('payload', 'Say which.');
    assert.deepEqual(await answered({}, failing(error)), { sent: [], failed: error });
  });
});
