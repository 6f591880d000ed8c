import { describe, expect, test } from 'vitest';

import { clientHooks } from '../../src/client/client-hooks.js';
import { message, nativeError, turn } from './fake-client.js';
import { assignedBundle, openBundle } from './source-setup.js';

const [zero, one] = [
  { topic: 'links', partition: 0 },
  { topic: 'links', partition: 1 },
];

describe('telling', () => {
  test('comes with what is assigned, as a value', async () => {
    const { client, listener } = await openBundle();
    client.assigns(zero, one);
    expect(listener.last).toMatchObject({ kind: 'assign', partitions: [zero, one] });
  });

  test('waits for the poll under way, whose messages the client handed over before', async () => {
    const { client, listener, source } = await assignedBundle([0, 1]);
    source.poll(10);
    client.revokes(zero);
    expect(listener.heard).toEqual([]);
    await client.bring(message('links', 0, 10));
    expect(listener.heard).toEqual(['polled 1', 'revoke links/0']);
  });

  test('does not wait for the poll that begins in the answer to that one', async () => {
    const { client, listener, source } = await assignedBundle([0, 1]);
    source.poll(10);
    client.revokes(zero);
    listener.onPolled = () => source.poll(10);
    await client.bring(message('links', 0, 10));
    expect(client.poll).toBeDefined();
    expect(listener.heard).toEqual(['polled 1', 'revoke links/0']);
  });

  test('one at a time: the next comes when the one before is answered', async () => {
    const { client, listener, source } = await assignedBundle([0, 1]);
    client.revokes(zero);
    client.assigns({ topic: 'links', partition: 2 });
    expect(listener.heard).toEqual(['revoke links/0']);
    source.answer(listener.last, []);
    expect(listener.heard).toEqual(['revoke links/0']);
    await turn();
    expect(listener.heard).toEqual(['revoke links/0', 'assign links/2']);
  });

  test.each([
    ['the client says that the assignment is lost', true, -174],
    ['the client has an error of another kind', false, -150],
  ])('partitions are lost when %s', async (_why, isLost, code) => {
    const { client, listener } = await assignedBundle([0]);
    client.isLost = isLost;
    client[clientHooks].rebalance(nativeError(code), [zero]);
    expect(listener.last.kind).toBe('lost');
  });

  test('an assignment of nothing is told, too: the group has nothing for us', async () => {
    const { client, listener } = await openBundle();
    client.assigns();
    expect(listener.last).toMatchObject({ kind: 'assign', partitions: [] });
  });
});

describe('answering', () => {
  test.each([
    ['COOPERATIVE', 'incrementalAssign', 'incrementalUnassign', [zero]],
    ['EAGER', 'assign', 'unassign', []],
  ] as const)('speaks the protocol %s', async (protocol, assign, unassign, givenBack) => {
    const { client, listener, source } = await openBundle();
    client.protocol = protocol;
    client.assigns(zero, one);
    source.answer(listener.last, [
      { ...zero, offset: 42 },
      { ...one, offset: undefined },
    ]);
    expect(client.answers).toEqual([{ how: assign, partitions: [{ ...zero, offset: 42 }, one] }]);
    await turn();
    client.revokes(zero);
    source.answer(listener.last, []);
    expect(client.answers.at(-1)).toEqual({ how: unassign, partitions: givenBack });
  });

  test('a second answer changes nothing', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    client.revokes(zero);
    const { last } = listener;
    source.answer(last, []);
    source.answer(last, []);
    expect(client.answers).toHaveLength(1);
  });

  test('only what was taken is given back: the client would refuse the rest with it', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    client.revokes(zero, one);
    source.answer(listener.last, []);
    expect(client.answers).toEqual([{ how: 'incrementalUnassign', partitions: [zero] }]);
  });

  test('an assignment that the client refuses is fatal, a revocation is not', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    client.failures.set('incrementalUnassign', [nativeError(-186, 'not assigned')]);
    client.revokes(zero);
    source.answer(listener.last, []);
    await turn();
    expect(listener.failures).toEqual([]);
    client.failures.set('incrementalAssign', [nativeError(-186, 'assigned already')]);
    client.assigns(one);
    source.answer(listener.last, [{ ...one, offset: undefined }]);
    await turn();
    expect(listener.failures).toMatchObject([{ code: 'CLIENT_FATAL' }]);
  });
});

describe('closing', () => {
  test('answers what was told and not answered, so that the client can go', async () => {
    const { client, source } = await assignedBundle([0]);
    client.revokes(zero);
    await source.close();
    expect(client.answers).toEqual([{ how: 'incrementalUnassign', partitions: [zero] }]);
    expect(client.crimes).toEqual([]);
  });

  test('takes nothing of an assignment that nobody answers any more', async () => {
    const { client, source, listener } = await openBundle();
    client.assigns(zero);
    const assignment = listener.last;
    const closing = source.close();
    source.answer(assignment, [{ ...zero, offset: 0 }]);
    await closing;
    expect(client.answers).toEqual([{ how: 'incrementalAssign', partitions: [] }]);
  });

  test('answers what comes while the client goes', async () => {
    const { client, source, listener } = await assignedBundle([0, 1]);
    client.held.add('disconnect');
    const closing = source.close();
    await turn();
    client.revokes(zero, one);
    client.assigns({ topic: 'links', partition: 2 });
    client.release('disconnect');
    await closing;
    expect(client.answers).toEqual([
      { how: 'incrementalUnassign', partitions: [zero, one] },
      { how: 'incrementalUnassign', partitions: [] },
    ]);
    expect(listener.heard).toEqual([]);
  });

  test('tries again when the client does not know yet that it goes', async () => {
    const { client, source, clock } = await openBundle();
    client.held.add('disconnect');
    const closing = source.close();
    await turn();
    client.failures.set('incrementalUnassign', [nativeError(-172, 'not assigned')]);
    client.assigns(zero);
    expect(client.answers).toEqual([]);
    clock.advance(50);
    expect(client.answers).toEqual([{ how: 'incrementalUnassign', partitions: [] }]);
    client.release('disconnect');
    await closing;
  });
});
