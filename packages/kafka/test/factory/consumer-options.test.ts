import { describe, expect, it } from 'vitest';

import {
  FastConsumerFactory,
  InOrderConsumerFactory,
  on,
  OptionsError,
  optionsFromEnv,
  Service,
  silentLogger,
} from '../../src/index.js';

const good = {
  name: 'kafka_consumer.links',
  groupId: 'link_service.links',
  bootstrapServers: '127.0.0.1:9092',
  topics: ['new_links'],
  handler: () => undefined,
};

/** What is said of options that nobody could have typed. */
function faultsOf(
  options: object,
  factory: 'in-order' | 'fast' | 'topics' | 'constructor' = 'in-order',
): string {
  try {
    if (factory === 'in-order') InOrderConsumerFactory.new(options as never);
    else if (factory === 'fast') FastConsumerFactory.new(options as never);
    else if (factory === 'topics') FastConsumerFactory.forTopics(options as never);
    else new InOrderConsumerFactory(options as never);
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError);
    return (error as Error).message;
  }
  return '';
}

describe('options of the factories', () => {
  it('are accepted when they are right', () => {
    expect(faultsOf(good)).toBe('');
    expect(faultsOf({ ...good, maxConcurrency: 4, delivery: 'baseplate' }, 'fast')).toBe('');
  });

  it('are all reported at once, each with its path and bound', () => {
    const text = faultsOf({
      ...good,
      topics: [],
      handler: 'x',
      drainTimeoutMs: -1,
      limits: { window: 0 },
      commit: 'eech',
    });
    for (const part of ['topics', 'handler', 'drainTimeoutMs', '>= 0', 'limits.window', '>= 1', 'commit'])
      expect(text).toContain(part);
  });

  it('name the nearest option for a misspelt one', () => {
    expect(faultsOf({ ...good, hanlder: () => undefined })).toMatch(/hanlder.*handler/);
  });

  it('say that an address is missing, or that there are two', () => {
    const { bootstrapServers: _address, ...noAddress } = good;
    expect(faultsOf(noAddress)).toContain('bootstrapServers is required');
    expect(faultsOf({ ...good, consumer: () => ({}) }, 'constructor')).toContain(
      'cannot be given together with bootstrapServers',
    );
  });

  it('refuse an address that is none', () => {
    expect(faultsOf({ ...good, bootstrapServers: 'localhost' })).toContain('bootstrapServers');
  });

  it('want a topic and a handler, or handlers, and not both', () => {
    const { topics: _topics, handler: _handler, ...neither } = good;
    expect(faultsOf(neither)).toContain('topics is required');
    expect(faultsOf({ ...good, handlers: [on('a', { handler: () => undefined })] }, 'topics')).toContain(
      'together with handlers',
    );
    expect(faultsOf({ ...neither, handlers: [{ topic: 'a' }] }, 'topics')).toContain('must be made by on(');
  });

  it('refuse two handlers for one topic', () => {
    const { topics: _topics, handler: _handler, ...rest } = good;
    const handlers = [on('a', { handler: () => undefined }), on('a', { handler: () => undefined })];
    expect(faultsOf({ ...rest, handlers }, 'topics')).toContain('second handler for a');
  });

  it('enforce the naming convention with a valid suggestion, unless told not to', () => {
    // the ancestor's own documentation breaks its own rule
    const broken = { ...good, name: 'kafka_consumer.link_consumer_v0', groupId: 'service.link_consumer' };
    const text = faultsOf(broken);
    expect(text).toContain('kafka_consumer.link_consumer_v0');
    expect(text).toContain('service.link_consumer_v0');
    expect(faultsOf({ ...broken, naming: false })).toBe('');
    expect(faultsOf({ ...broken, naming: { check: () => 'never' } })).toContain('never');
  });

  it('hold the service to the name in the group id', () => {
    const service = Service.new({ name: 'other', logger: silentLogger });
    expect(faultsOf({ ...good, service })).toContain('other');
  });

  it('refuse client properties that carry guarantees, and name what to use instead', () => {
    const text = faultsOf({ ...good, kafkaConfig: { 'enable.auto.commit': true, 'group.id': 'x' } });
    expect(text).toContain("delivery 'baseplate'");
    expect(text).toContain('groupId');
  });

  it('never print a value of kafkaConfig', () => {
    const text = faultsOf({
      ...good,
      kafkaConfig: { 'sasl.password': { hidden: 'canary-7' }, 'group.id': 'canary-8' },
    });
    expect(text).toContain('kafkaConfig');
    expect(text).not.toContain('canary');
  });

  it('want draining to end before the group gives up on the member', () => {
    expect(
      faultsOf({ ...good, drainTimeoutMs: 20_000, kafkaConfig: { 'max.poll.interval.ms': 10_000 } }),
    ).toContain('max.poll.interval.ms');
  });

  it('refuse the parts of a failure policy that this version does not have', () => {
    const text = faultsOf({ ...good, onFailure: { retry: { attempts: 3 }, deadLetter: true } });
    expect(text).toContain('onFailure.retry');
    expect(text).toContain('onFailure.deadLetter');
  });

  it('refuse a misspelt member of the failure policy', () => {
    expect(faultsOf({ ...good, onFailure: { othewise: 'skip' } })).toContain('onFailure.othewise');
  });

  it('find a schema that cannot be compiled before the start', () => {
    expect(() => InOrderConsumerFactory.new({ ...good, schema: { type: 'strnig' } })).toThrow(/schema/);
  });
});

describe('optionsFromEnv', () => {
  it('takes what is there and leaves out what is empty', () => {
    const options = optionsFromEnv({
      KAFKA_BOOTSTRAP_SERVERS: 'a:1',
      KAFKA_GROUP_ID: '',
      KAFKA_SASL_PASSWORD: 's',
      KAFKA_AUTO_OFFSET_RESET: 'earliest',
    });
    expect(options).toEqual({
      bootstrapServers: 'a:1',
      autoOffsetReset: 'earliest',
      kafkaConfig: { 'sasl.password': 's' },
    });
  });

  it('names the variable of a wrong value, and not the value', () => {
    expect(() => optionsFromEnv({ KAFKA_AUTO_OFFSET_RESET: 'canary' })).toThrow(/KAFKA_AUTO_OFFSET_RESET/);
    expect(() => optionsFromEnv({ KAFKA_AUTO_OFFSET_RESET: 'canary' })).not.toThrow(/canary/);
  });
});
