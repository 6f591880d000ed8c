import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { baseplateNaming, type ConsumerNames, suggestNames } from '../../src/naming/consumer-name.js';

const prefix = 'log_consumer';

function setup(): { check: (names: Partial<ConsumerNames>) => string | undefined } {
  const convention = baseplateNaming(prefix);
  const valid = { name: 'log_consumer.links_v0', groupId: 'link_service.links_v0', service: undefined };
  return { check: (names) => convention.check({ ...valid, ...names }) };
}

const part = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const anyText = fc.oneof(
  fc.string(),
  part,
  fc.constantFrom('', '.', 'a.b.c', prefix, `${prefix}.`, `${prefix}.a b`, 's.', '.g'),
);

describe('baseplateNaming', () => {
  test('accepts names that belong together, with and without a service', () => {
    const { check } = setup();
    expect(check({})).toBeUndefined();
    expect(check({ service: 'link_service' })).toBeUndefined();
  });

  test("explains what is wrong with the example of the ancestor's own documentation", () => {
    expect(
      baseplateNaming('kafka_consumer').check({
        name: 'kafka_consumer.link_consumer_v0',
        groupId: 'service.link_consumer',
        service: undefined,
      }),
    ).toBe(
      'name and groupId must end alike: "link_consumer_v0" is not "link_consumer". ' +
        'Given: name "kafka_consumer.link_consumer_v0", groupId "service.link_consumer". ' +
        'Expected: name "kafka_consumer.{group_name}" and groupId "{service_name}.{group_name}", parts of letters, digits, _ and -. ' +
        'Valid would be: name "kafka_consumer.link_consumer_v0", groupId "service.link_consumer_v0".',
    );
  });

  test('tells a service of another name', () => {
    const fault = setup().check({ service: 'vote_service' });
    expect(fault).toContain('groupId begins with "link_service", the service is called "vote_service"');
    expect(fault).toContain('groupId "vote_service.links_v0"');
  });

  test('suggests another name for a service that cannot be part of a group', () => {
    const fault = setup().check({ service: 'link service', groupId: 'link service.links_v0' });
    expect(fault).toContain('the name of the service cannot be part of a groupId');
    expect(fault).toMatch(/Valid would be: .*, groupId "link_service.links_v0", service "link_service"\.$/);
  });

  test.each([
    [{ name: 'links_v0' }, 'name is not "log_consumer.{group_name}"'],
    [{ name: 'log_consumer.a.b' }, 'name is not "log_consumer.{group_name}"'],
    [{ name: 'log_consumer.' }, 'name is not "log_consumer.{group_name}"'],
    [{ name: 'log_consumer.links v0' }, 'name is not "log_consumer.{group_name}"'],
    [{ groupId: 'links_v0' }, 'groupId is not "{service_name}.{group_name}"'],
    [{ groupId: 'a.b.links_v0' }, 'groupId is not "{service_name}.{group_name}"'],
    [{ groupId: 'link_service.links_v0\n' }, 'groupId is not "{service_name}.{group_name}"'],
  ])('refuses %j', (names, fault) => {
    expect(setup().check(names)).toContain(fault);
  });

  test('tells all faults at once', () => {
    const fault = setup().check({ name: 'x', groupId: 'y', service: 'a b' });
    expect(fault?.split('. Given')[0]?.split('; ')).toHaveLength(3);
  });

  test('cuts a given name that is absurdly long', () => {
    expect(setup().check({ name: 'x.'.repeat(10_000), groupId: 'a.b' })?.length).toBeLessThan(1_000);
  });

  test('accepts every pair made by the rule', () => {
    fc.assert(
      fc.property(part, part, fc.boolean(), (service, group, given) => {
        const names = {
          name: `${prefix}.${group}`,
          groupId: `${service}.${group}`,
          service: given ? service : undefined,
        };
        expect(baseplateNaming(prefix).check(names)).toBeUndefined();
        expect(suggestNames(prefix, names)).toEqual(names);
      }),
    );
  });

  test('suggests names that are valid, whatever was given', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.option(anyText, { nil: undefined }), (name, groupId, service) => {
        const suggested = suggestNames(prefix, { name, groupId, service });
        expect(baseplateNaming(prefix).check(suggested)).toBeUndefined();
      }),
    );
  });

  test('keeps the name of a service that is possible', () => {
    fc.assert(
      fc.property(anyText, anyText, part, (name, groupId, service) => {
        expect(suggestNames(prefix, { name, groupId, service }).service).toBe(service);
      }),
    );
  });
});
