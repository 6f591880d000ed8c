import { MillraceError, silentLogger } from '@millrace/core';
import { ManualClock } from '@millrace/testing';
import { describe, expect, test } from 'vitest';

import { type CheckParts, checkThrough } from '../../src/client/check-kafka.js';
import { NativeCallLimit } from '../../src/client/native-call-limit.js';
import { FakeClient, turn } from './fake-client.js';

function setup(): { parts: CheckParts; client: FakeClient; clock: ManualClock } {
  const [clock, client] = [new ManualClock(), new FakeClient()];
  client.topics.set('links', 1);
  const parts: CheckParts = {
    createClient: (config) => client.madeWith(config),
    callLimit: new NativeCallLimit(2),
    clock,
    logger: silentLogger,
  };
  return { parts, client, clock };
}

const bootstrapServers = 'one:9092';

describe('checkKafka', () => {
  test('is content when a broker answers and the topics exist, and leaves nothing behind', async () => {
    const { parts, client } = setup();
    expect(await checkThrough(parts, { bootstrapServers, topics: ['links'] })).toEqual({
      ok: true,
      problems: [],
    });
    expect(client.calls).not.toContain('subscribe');
    expect(client.calls.at(-1)).toBe('disconnect');
    expect(client.crimes).toEqual([]);
  });

  test('without topics any answer will do', async () => {
    const { parts } = setup();
    expect((await checkThrough(parts, { bootstrapServers })).ok).toBe(true);
  });

  test('names topics that do not exist', async () => {
    const { parts } = setup();
    const { ok, problems } = await checkThrough(parts, { bootstrapServers, topics: ['links', 'gone'] });
    expect(ok).toBe(false);
    expect(problems).toEqual(["topic does not exist, or this client may not see it: 'gone'"]);
  });

  test('waits for a broker as long as it may', async () => {
    const { parts, client, clock } = setup();
    client.isBrokerUp = false;
    const check = checkThrough(parts, { bootstrapServers, timeoutMs: 2_000 });
    for (let i = 0; i < 8; i += 1) {
      await turn();
      clock.advance(500);
    }
    expect((await check).problems[0]).toMatch(/^no broker at one:9092 answers: /);
    expect(client.calls.at(-1)).toBe('disconnect');
  });

  test('is content with one that comes in time', async () => {
    const { parts, client, clock } = setup();
    client.isBrokerUp = false;
    const check = checkThrough(parts, { bootstrapServers });
    await turn();
    client.isBrokerUp = true;
    clock.advance(100);
    expect((await check).ok).toBe(true);
  });

  test('does not throw when there is no client', async () => {
    const { parts } = setup();
    const createClient = (): never => {
      throw new MillraceError('CLIENT_UNAVAILABLE', 'it is not installed');
    };
    expect(await checkThrough({ ...parts, createClient }, { bootstrapServers })).toEqual({
      ok: false,
      problems: ['it is not installed'],
    });
  });
});
