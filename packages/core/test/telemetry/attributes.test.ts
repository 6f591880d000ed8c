import { describe, expect, test } from 'vitest';

import { AttributeSets } from '../../src/telemetry/attributes.js';

function setup(server: string | undefined) {
  return new AttributeSets({
    consumer: 'log_consumer.orders',
    groupId: 'shop.orders',
    system: { name: 'log', attributePrefix: 'messaging.log', clientId: 'client-1', server },
  });
}

describe('attribute sets', () => {
  test('are made once a partition and shared, frozen, by all its messages', () => {
    const sets = setup(undefined);
    const first = sets.of('orders', 3);
    expect(sets.of('refunds', 3)).not.toBe(first);
    expect(sets.of('orders', 3)).toBe(first);
    expect([first.processSpan, first.process, first.poll, first.own].map(Object.isFrozen)).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  test.each([
    ['broker.example:9092', 'broker.example', 9092],
    ['[2001:db8::1]:9092', '2001:db8::1', 9092],
    ['broker.example', 'broker.example', undefined],
    [undefined, undefined, undefined],
  ])('tell the server %o apart', (server, address, port) => {
    const { processSpan } = setup(server).of('orders', 0);
    expect([processSpan['server.address'], processSpan['server.port']]).toEqual([address, port]);
  });
});
