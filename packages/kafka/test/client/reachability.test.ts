import { ManualClock } from '@millrace/testing';
import { describe, expect, test } from 'vitest';

import { ListenerRelay } from '../../src/client/listener-relay.js';
import { Reachability } from '../../src/client/reachability.js';
import { turn } from './fake-client.js';
import { RecordingListener } from './recording-listener.js';

function setup(): {
  reachability: Reachability;
  listener: RecordingListener;
  broker: { isUp: boolean; asked: number };
  clock: ManualClock;
  closing: AbortController;
} {
  const [clock, relay, listener, closing] = [
    new ManualClock(),
    new ListenerRelay(),
    new RecordingListener(),
    new AbortController(),
  ];
  relay.listenTo(listener);
  const broker = { isUp: true, asked: 0 };
  const probe = (): Promise<void> => {
    broker.asked += 1;
    return broker.isUp ? Promise.resolve() : Promise.reject(new Error('no broker'));
  };
  const reachability = new Reachability({
    relay,
    probe,
    closing: closing.signal,
    clock,
  });
  return { reachability, listener, broker, clock, closing };
}

describe('Reachability', () => {
  test('says each change once', () => {
    const { reachability, listener } = setup();
    reachability.confirmed();
    reachability.confirmed();
    reachability.denied('why');
    reachability.denied('why again');
    reachability.confirmed();
    expect(listener.heard).toEqual(['reachable', 'unreachable: why', 'reachable']);
  });

  test('a suspicion is no proof: when a broker answers nothing is said', async () => {
    const { reachability, listener, broker } = setup();
    reachability.confirmed();
    reachability.watch();
    reachability.suspected('all brokers are down');
    await turn();
    expect(broker.asked).toBe(1);
    expect(listener.heard).toEqual(['reachable']);
  });

  test('when none answers it is said, and asked until one does', async () => {
    const { reachability, listener, broker, clock } = setup();
    reachability.confirmed();
    reachability.watch();
    broker.isUp = false;
    for (let i = 0; i < 100; i += 1) reachability.suspected('all brokers are down');
    await turn();
    expect(listener.heard.at(-1)).toBe('unreachable: all brokers are down');
    for (let i = 0; i < 10; i += 1) {
      clock.advance(1_000);
      await turn();
    }
    expect(broker.asked).toBe(11);
    broker.isUp = true;
    clock.advance(1_000);
    await turn();
    expect(listener.heard.slice(1)).toEqual(['unreachable: all brokers are down', 'reachable']);
    expect(clock.pending).toBe(0);
  });

  test('while opening, opening itself is the probe', async () => {
    const { reachability, broker } = setup();
    reachability.suspected('all brokers are down');
    await turn();
    expect(broker.asked).toBe(0);
  });

  test('ends with the source', async () => {
    const { reachability, listener, broker, clock, closing } = setup();
    reachability.watch();
    broker.isUp = false;
    reachability.suspected('all brokers are down');
    await turn();
    closing.abort();
    await turn();
    expect(clock.pending).toBe(0);
    reachability.denied('late');
    expect(listener.heard).toHaveLength(1);
  });
});
