import { describe, expect, expectTypeOf, test } from 'vitest';

import type { EngineEvent } from '../../src/engine/engine-event.js';
import { metricCatalogue, spanCatalogue } from '../../src/telemetry/catalogue.js';
import { type ConsumerEvent, eventCatalogue } from '../../src/telemetry/events.js';

describe('the catalogue of events', () => {
  test('has every event of the engine', () => {
    expectTypeOf<EngineEvent>().toExtend<ConsumerEvent>();
  });

  test('names events subject.verb, each with a text of its own', () => {
    expect(Object.keys(eventCatalogue)).toEqual(
      Object.keys(eventCatalogue).filter((name) => /^[a-z]+\.[a-z-]+$/.test(name)),
    );
    const texts = Object.values(eventCatalogue).map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('the catalogues of metrics and spans', () => {
  test('describe each entry in words of its own', () => {
    const texts = [
      ...Object.values(metricCatalogue).map(({ description }) => description),
      ...Object.values(spanCatalogue).map(({ when }) => when),
    ];
    expect(new Set(texts).size).toBe(texts.length);
  });

  test('take names of their own from one place only', () => {
    for (const [name, { from }] of Object.entries(metricCatalogue)) {
      expect(name).toMatch(from === 'own' ? /^millrace\.consumer\.[a-z_.]+$/ : /^messaging\.[a-z.]+$/);
    }
  });
});
