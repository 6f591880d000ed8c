import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { TopicRoutes } from '../../src/handler/topic-routes.js';

describe('what belongs to a topic', () => {
  test('is found by name before pattern, and by order among equals', () => {
    const routes = new TopicRoutes([
      { topic: undefined, value: 'rest' },
      { topic: /^a/, value: 'pattern' },
      { topic: /^ab/, value: 'later pattern' },
      { topic: 'ab', value: 'name' },
    ]);
    expect(['ab', 'abc', 'b'].map((topic) => routes.of(topic))).toEqual(['name', 'pattern', 'rest']);
  });

  test('is nothing where nothing matches, each time it is asked', () => {
    const routes = new TopicRoutes([{ topic: 'a', value: 1 }]);
    expect([routes.of('b'), routes.of('b'), routes.of('a'), routes.of('b')]).toEqual([
      undefined,
      undefined,
      1,
      undefined,
    ]);
  });

  test('does not change with the order of the questions, whatever flags a pattern has', () => {
    const topics = ['edited_a', 'edited_b', 'new', 'other'];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...topics)),
        fc.constantFrom('', 'g', 'y', 'gi'),
        (asked, flags) => {
          const entries = [
            { topic: new RegExp('^edited_', flags), value: 'edited' },
            { topic: 'new', value: 'new' },
          ];
          const routes = new TopicRoutes(entries);
          const fresh = (topic: string): string | undefined => new TopicRoutes(entries).of(topic);
          expect(asked.map((topic) => routes.of(topic))).toEqual(asked.map(fresh));
        },
      ),
    );
  });
});
