import type { CommitEntry } from '@millrace/core';
import { describe, expect, test } from 'vitest';

import { clientHooks } from '../../src/client/client-hooks.js';
import { nativeError, turn } from './fake-client.js';
import { assignedBundle } from './source-setup.js';

function entry(partition: number, offset: number, more: Partial<CommitEntry> = {}): CommitEntry {
  return { topic: 'links', partition, offset, leaderEpoch: 5, metadata: 'm', ...more };
}

const told = (partition: number, offset: number): { topic: string; partition: number; offset: number } => ({
  topic: 'links',
  partition,
  offset,
});

describe('a commit', () => {
  test('carries offsets, leader epochs and metadata', async () => {
    const { client, source } = await assignedBundle([0, 1]);
    source.commit(1, [entry(0, 11), entry(1, 12, { leaderEpoch: undefined, metadata: '' })]);
    expect(client.commits).toEqual([
      [
        { topic: 'links', partition: 0, offset: 11, leaderEpoch: 5, metadata: 'm' },
        { topic: 'links', partition: 1, offset: 12, metadata: '' },
      ],
    ]);
  });

  test('is not answered when it is sent, but when the broker has acknowledged it', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    source.commit(1, [entry(0, 11)]);
    await turn();
    expect(listener.heard).toEqual([]);
    client[clientHooks].committed(undefined, [told(0, 11)]);
    expect(listener.heard).toEqual(['committed 1 ok']);
  });

  test('is answered once', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    source.commit(1, [entry(0, 11)]);
    client[clientHooks].committed(undefined, [told(0, 11)]);
    client[clientHooks].committed(undefined, [told(0, 11)]);
    expect(listener.heard).toEqual(['committed 1 ok']);
  });

  test('is told from commits that are not ours, and from others of ours', async () => {
    const { client, listener, source } = await assignedBundle([0, 1]);
    source.commit(1, [entry(0, 11), entry(1, 20)]);
    source.commit(2, [entry(0, 12)]);
    client[clientHooks].committed(undefined, [told(0, 99), told(1, 20)]);
    client[clientHooks].committed(undefined, [told(0, 11)]);
    expect(listener.heard).toEqual([]);
    client[clientHooks].committed(undefined, [told(0, 12)]);
    // The client lists every assigned partition, without an offset where the commit has none.
    client[clientHooks].committed(undefined, [told(1, 20), told(0, 11), { topic: 'links', partition: 7 }]);
    expect(listener.heard).toEqual(['committed 2 ok', 'committed 1 ok']);
  });

  test('that is refused by the broker is refused as a whole, with a reason', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    source.commit(1, [entry(0, 11)]);
    client[clientHooks].committed(nativeError(22, 'Broker: Specified group generation id is not valid'), [
      told(0, 11),
    ]);
    expect(listener.heard).toEqual(['committed 1 not-owned ILLEGAL_GENERATION']);
  });

  test('that the client does not take is answered in a later turn', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    client.failures.set('commit', [nativeError(-172, 'Erroneous state')]);
    source.commit(1, [entry(0, 11)]);
    expect(listener.heard).toEqual([]);
    await turn();
    expect(listener.heard).toEqual(['committed 1 retry _STATE']);
  });

  test.each([
    { offset: '12' },
    { offset: 12n },
    { offset: NaN },
    { partition: '0' },
    { metadata: 'ü' },
    { topic: '' },
  ])('with %o never reaches the client: it would commit offset 0, or end the process', async (bad) => {
    const { client, listener, source } = await assignedBundle([0]);
    source.commit(1, [entry(0, 11), entry(1, 12, bad as Partial<CommitEntry>)]);
    await turn();
    expect(client.commits).toEqual([]);
    expect(listener.heard).toEqual(['committed 1 rejected NATIVE_ARGUMENT']);
  });
});
