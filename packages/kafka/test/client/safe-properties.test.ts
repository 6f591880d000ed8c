import { inspect } from 'node:util';

import { describe, expect, test } from 'vitest';

import { describeConfig, hideConfig, withoutSecrets } from '../../src/client/safe-properties.js';

describe('describeConfig', () => {
  test('leaves out what nobody has said to be harmless', () => {
    expect(describeConfig({ 'client.id': 'a', 'some.new.property': 'x' })).toEqual({
      'client.id': 'a',
      '(hidden)': 1,
    });
    expect(describeConfig({ 'client.id': 'a' })).toEqual({ 'client.id': 'a' });
  });
});

describe('withoutSecrets', () => {
  const config = {
    'client.id': 'links',
    'sasl.password': 'pass',
    'ssl.key.password': 'password',
    'ssl.x': 'ab',
  };

  test('takes out every value that may not be shown, the longest first', () => {
    expect(withoutSecrets('bad password, bad pass', config)).toBe('bad <hidden>, bad <hidden>');
  });

  test('leaves harmless values, and values so short that half of every text would go', () => {
    expect(withoutSecrets('links: cabbage', config)).toBe('links: cabbage');
  });
});

describe('hideConfig', () => {
  test('the object of the binding shows nothing, and can be logged', () => {
    const client = { globalConfig: { 'sasl.password': 'CANARY' }, topicConfig: { a: 'CANARY' }, name: 'x' };
    hideConfig(client, 'consumer', { 'client.id': 'links', 'sasl.password': 'CANARY' });
    expect(inspect(client)).toBe('<consumer links>');
    expect(JSON.stringify({ client })).toBe('{"client":"<consumer links>"}');
    expect(inspect(client, { customInspect: false, showHidden: true, depth: 9 })).not.toContain('CANARY');
  });
});
