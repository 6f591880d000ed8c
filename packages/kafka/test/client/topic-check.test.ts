import { describe, expect, test } from 'vitest';

import { matchTopics, missingTopicsText, nearestTopics } from '../../src/client/topic-check.js';

const existing = [
  '__consumer_offsets',
  'edited_links',
  'new_links',
  'new_links.svc.links.dlq',
  'new_links.svc.links.park',
  'new_links.svc.links.retry.1',
];

describe('matchTopics', () => {
  test('names are subscribed when they exist, and missing when they do not', () => {
    expect(matchTopics(['new_links', 'gone', 'new_links'], existing)).toEqual({
      names: ['new_links'],
      missing: ['gone'],
      idle: [],
    });
  });

  test("regular expressions never match the framework's own topics, nor the brokers'", () => {
    expect(matchTopics([/./], existing).names).toEqual(['edited_links', 'new_links']);
  });

  test('whoever wants one of these names it', () => {
    expect(matchTopics(['new_links.svc.links.dlq'], existing).names).toEqual(['new_links.svc.links.dlq']);
  });

  test('a regular expression with a memory finds the same each time', () => {
    const pattern = /links/g;
    const find = (): readonly string[] => matchTopics([pattern], existing).names;
    expect([find(), find()]).toEqual([
      ['edited_links', 'new_links'],
      ['edited_links', 'new_links'],
    ]);
    expect(pattern.lastIndex).toBe(0);
  });

  test('one that matches nothing is told', () => {
    const pattern = /^nothing/;
    expect(matchTopics([pattern, 'new_links'], existing)).toMatchObject({
      names: ['new_links'],
      idle: [pattern],
    });
  });

  test('what several match is subscribed once', () => {
    expect(matchTopics([/new/, /links$/, 'new_links'], existing).names).toEqual([
      'edited_links',
      'new_links',
    ]);
  });
});

describe('nearestTopics', () => {
  test('finds what was probably meant', () => {
    expect(nearestTopics('new_lniks', existing)).toEqual(['new_links']);
    expect(nearestTopics('NewLinks', existing)).toEqual(['new_links']);
    expect(nearestTopics('edit_links', existing)[0]).toBe('edited_links');
  });

  test('names nothing where there is no likeness', () => {
    expect(nearestTopics('orders', existing)).toEqual([]);
  });

  test('is told in the error', () => {
    expect(missingTopicsText(['new_lniks'], existing)).toBe(
      "topic does not exist, or this client may not see it: 'new_lniks' (nearest: 'new_links')",
    );
    expect(missingTopicsText(['a', 'b'], [])).toBe(
      "topics do not exist, or this client may not see them: 'a', 'b'",
    );
  });
});
