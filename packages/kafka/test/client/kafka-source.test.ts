import { inspect } from 'node:util';

import type { Logger } from '@millrace/core';
import { describe, expect, test } from 'vitest';

import { clientHooks } from '../../src/client/client-hooks.js';
import { nativeError, turn } from './fake-client.js';
import { assignedBundle, openBundle, sourceBundle } from './source-setup.js';

const zero = { topic: 'links', partition: 0 };

describe('opening', () => {
  test('connects, looks for the topics, and subscribes', async () => {
    const { client, source, listener } = sourceBundle();
    await source.open(listener);
    expect(client.calls.slice(2)).toEqual(['connect', 'getMetadata', 'subscribe']);
    expect(listener.heard).toEqual(['reachable']);
    expect(source.system).toEqual({
      name: 'kafka',
      attributePrefix: 'messaging.kafka',
      clientId: 'kafka_consumer.links',
      server: 'kafka-1:9092',
    });
  });

  test('while no broker answers it says so once, and goes on when one does', async () => {
    const { client, source, listener, clock } = sourceBundle();
    client.isBrokerUp = false;
    const opened = source.open(listener);
    for (let i = 0; i < 20; i += 1) {
      await turn();
      clock.advance(500);
    }
    expect(listener.heard).toEqual(['unreachable: no broker']);
    client.isBrokerUp = true;
    await turn();
    clock.advance(500);
    await opened;
    expect(listener.heard).toEqual(['unreachable: no broker', 'reachable']);
    expect(client.calls.filter((call) => call === 'connect')).toHaveLength(1);
  });

  test('says what the log told of the failure, without secrets', async () => {
    const { client, source, listener } = sourceBundle();
    client.isBrokerUp = false;
    const opened = source.open(listener).catch(() => undefined);
    client.emit('event.log', {
      severity: 3,
      fac: 'FAIL',
      message:
        '[thrd:x]: kafka-1:9092/bootstrap: Connect failed: Connection refused (after 0ms in state CONNECT)',
    });
    await turn();
    expect(listener.heard).toEqual([
      'unreachable: no broker (kafka-1:9092/bootstrap: Connect failed: Connection refused)',
    ]);
    await source.close();
    await opened;
  });

  test('a login that is refused is not tried again', async () => {
    const { client, source, listener, clock } = sourceBundle();
    client.isBrokerUp = false;
    const opened = source.open(listener);
    const rejected = expect(opened).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
    await turn();
    client.emit('event.error', Object.assign(nativeError(-1, 'authentication failure'), { origin: 'local' }));
    clock.advance(500);
    await turn();
    await rejected;
    await source.close();
    expect(client.crimes).toEqual([]);
  });

  test('a configuration that the client refuses is an error of the options', async () => {
    const { client, source, listener } = sourceBundle();
    client.failures.set('connect', [nativeError(-172, 'a conflict')]);
    await expect(source.open(listener)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: 'the Kafka client refuses its configuration: a conflict',
    });
    await source.close();
    expect(client.calls).not.toContain('disconnect');
  });

  test('hands the token of the option oauthBearer to the client', async () => {
    const oauthBearer = (): Promise<{ token: string; principal: string; lifetimeMs: number }> =>
      Promise.resolve({ token: 't', principal: 'p', lifetimeMs: 500 });
    const { client, clock } = await openBundle({ oauthBearer });
    const lifetime = clock.wall() + 500;
    expect(await client[clientHooks].token()).toEqual({ tokenValue: 't', principal: 'p', lifetime });
  });
});

describe('errors that belong to no call', () => {
  test('all brokers down: unreachable when it is so, and reachable again with the next sign of life', async () => {
    const { client, listener, source } = await openBundle();
    const down = Object.assign(nativeError(-1, 'all broker connections are down'), { origin: 'local' });
    client.isBrokerUp = false;
    for (let i = 0; i < 10; i += 1) client.emit('event.error', down);
    await turn();
    expect(listener.heard).toEqual(['unreachable: all broker connections are down']);
    client[clientHooks].committed(undefined, []);
    expect(listener.heard.at(-1)).toBe('reachable');
    await source.close();
  });

  test('a fatal one is the end', async () => {
    const { client, listener } = await openBundle();
    client.emit('event.error', Object.assign(nativeError(-1, 'fatal error'), { origin: 'local' }));
    expect(listener.failures).toMatchObject([{ code: 'CLIENT_FATAL' }]);
  });

  test('a token that cannot be had does not end the process', async () => {
    const { client, listener } = await openBundle();
    client.emit('error', new Error('oauthbearer_token_refresh_cb: no token'));
    expect(listener.heard).toEqual([]);
  });
});

describe('leaving', () => {
  test('with partitions, the revocation of the client follows', async () => {
    const { client, listener, source } = await assignedBundle([0]);
    source.unsubscribe();
    await turn();
    expect(client.calls.at(-1)).toBe('unsubscribe');
    expect(listener.heard).toEqual([]);
    client.revokes(zero);
    expect(listener.heard).toEqual(['revoke links/0']);
  });

  test('without partitions it is told, in a later turn', async () => {
    const { listener, source } = await openBundle();
    source.unsubscribe();
    expect(listener.heard).toEqual([]);
    await turn();
    expect(listener.heard).toEqual(['left']);
  });

  test('a member that keeps its place does not leave the group: the revocation is ours', async () => {
    const kafkaConfig = { 'group.instance.id': 'pod-1' };
    const { client, listener, source } = await assignedBundle([0], { kafkaConfig });
    source.unsubscribe();
    await turn();
    expect(client.calls).not.toContain('unsubscribe');
    expect(listener.heard).toEqual(['revoke links/0']);
    source.commit(1, [{ ...zero, offset: 11, leaderEpoch: undefined, metadata: '' }]);
    expect(client.commits).toHaveLength(1);
    source.answer(listener.last, []);
    await source.close();
    expect(client.answers).toEqual([{ how: 'pause', partitions: [zero] }]);
    expect(client.calls.at(-1)).toBe('disconnect');
  });

  test('with the newer protocol the broker keeps its place', async () => {
    const kafkaConfig = { 'group.instance.id': 'pod-1', 'group.protocol': 'consumer' };
    const { client, source } = await assignedBundle([0], { kafkaConfig });
    source.unsubscribe();
    expect(client.calls.at(-1)).toBe('unsubscribe');
  });

  test('joining again gives everything back first', async () => {
    const { client, source } = await assignedBundle([0]);
    source.resubscribe();
    expect(client.calls.slice(-2)).toEqual(['unsubscribe', 'subscribe']);
    expect(client.subscribed).toEqual(['links']);
  });
});

describe('closing', () => {
  test('is the same however often it is asked for, and possible without opening', async () => {
    const { client, source, listener } = sourceBundle();
    await Promise.all([source.close(), source.close()]);
    expect(client.calls).toEqual([]);
    await expect(source.open(listener)).rejects.toMatchObject({ code: 'STATE_INVALID' });
  });

  test('while no broker answers yet, ends opening', async () => {
    const { client, source, listener } = sourceBundle();
    client.isBrokerUp = false;
    const opened = expect(source.open(listener)).rejects.toMatchObject({ code: 'STATE_INVALID' });
    await turn();
    await source.close();
    await opened;
    expect(client.calls.at(-1)).toBe('disconnect');
    expect(client.crimes).toEqual([]);
  });

  test('at any moment of opening is safe', async () => {
    for (let turns = 0; turns < 12; turns += 1) {
      const { client, source, listener } = sourceBundle();
      const opened = source.open(listener).catch(() => undefined);
      await turn(turns);
      await source.close();
      await opened;
      expect(client.crimes).toEqual([]);
    }
  });

  test('nothing is heard from when it begins, and nothing can be called any more', async () => {
    const { client, source, listener, clock } = await assignedBundle([0]);
    source.poll(10);
    const closing = source.close();
    await client.bring();
    await closing;
    source.poll(10);
    source.commit(2, [{ ...zero, offset: 1, leaderEpoch: undefined, metadata: '' }]);
    source.pause([zero]);
    source.resume([zero]);
    source.kick([zero]);
    source.query([zero], true);
    source.query([zero], false);
    source.locate(9, [zero]);
    source.unsubscribe();
    source.resubscribe();
    await turn();
    expect(listener.heard).toEqual([]);
    expect(client.crimes).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe('calls for partitions that have just been taken away', () => {
  test('do no harm', async () => {
    const { client, source } = await assignedBundle([0]);
    for (const method of ['pause', 'resume']) client.failures.set(method, [nativeError(-190)]);
    expect(() => source.pause([zero])).not.toThrow();
    expect(() => source.resume([zero])).not.toThrow();
    expect(() => source.pause([{ topic: '', partition: -1 }])).not.toThrow();
    expect(client.crimes).toEqual([]);
  });
});

describe('secrets', () => {
  test('appear neither in the log nor in errors nor in the source', async () => {
    const lines: string[] = [];
    const write = (o: object, m?: string): void => void lines.push(inspect(o, { depth: 9 }), m ?? '');
    const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
    const kafkaConfig = { 'sasl.password': 'CANARY' };
    const { client, source, listener } = sourceBundle({ kafkaConfig, logger, secret: 'CANARY' });
    client.isBrokerUp = false;
    const opened = source.open(listener).catch((error: unknown) => error);
    client.emit('event.log', { severity: 3, fac: 'FAIL', message: 'bad password CANARY' });
    await turn();
    await source.close();
    const error = inspect(await opened, { depth: 9 });
    expect(lines.join('\n')).toContain('bad password <hidden>');
    for (const text of [
      ...lines,
      ...listener.heard,
      error,
      inspect(source, { depth: 9, showHidden: true }),
    ]) {
      expect(text).not.toContain('CANARY');
    }
  });
});
