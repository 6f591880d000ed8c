import { expect, test } from 'vitest';

import { EventTail, type TailLine } from './event-tail.js';

const at = { now: () => new Date(2026, 0, 1, 9, 8, 7).getTime() };

test('it keeps the latest events, without what goes without saying', () => {
  const tail = new EventTail({ size: 2, ...at });
  const logger = tail.logger({ service: 'shop' }).child({ consumer: 'kafka_consumer.books' });
  logger.info({ event: 'consumer.starting' }, 'consumer is starting');
  logger.info(
    { event: 'partitions.assigned', count: 4, partitions: { orders: [0, 1] } },
    'partitions assigned',
  );
  logger.error({ err: new Error('no route') }, 'consumer has failed');
  logger.debug({}, 'not shown');

  expect(tail.lines).toEqual([
    {
      level: 'info',
      time: '09:08:07',
      text: 'books: partitions assigned count=4 partitions={"orders":[0,1]}',
    },
    { level: 'error', time: '09:08:07', text: 'books: consumer has failed err=no route' },
  ]);
});

test('each event is handed on as it comes, and cannot steer the terminal', () => {
  const written: TailLine[] = [];
  const tail = new EventTail({ size: 1, write: (line) => written.push(line), ...at });
  tail.logger().warn({ detail: 'a\u001b[2Jb\r\nc' }, 'source cannot be reached');

  expect(written.map(({ text }) => text)).toEqual(['source cannot be reached detail=a [2Jb c']);
});
