/** The names of one consumer. */
export interface ConsumerNames {
  readonly name: string;
  readonly groupId: string;
  /** Name of the service it belongs to; undefined when none is given. */
  readonly service: string | undefined;
}

/** A team's rule for names. */
export interface NamingConvention {
  /** What is wrong with these names and what would be right, in words; undefined when they follow the rule. */
  check(names: ConsumerNames): string | undefined;
}

/**
 * The rule of baseplate: `name` is `{prefix}.{group_name}`, `groupId` is `{service_name}.{group_name}`, the group name is
 * the same in both, and the service name is that of the service, where one is given. Parts consist of letters, digits,
 * `_` and `-`, so that the dots can be told apart.
 *
 * @param prefix - First part of every name, set by the transport.
 */
export function baseplateNaming(prefix: string): NamingConvention {
  return {
    check(names) {
      const faults = faultsOf(prefix, names);
      if (faults.length === 0) return undefined;
      const suggested = suggestNames(prefix, names);
      const given = listed(names, shortened);
      const renamed = suggested.service === names.service ? { ...suggested, service: undefined } : suggested;
      const valid = listed(renamed, JSON.stringify);
      return (
        `${faults.join('; ')}. Given: ${given}. ` +
        `Expected: name "${prefix}.{group_name}" and groupId "{service_name}.{group_name}", parts of letters, digits, _ and -. ` +
        `Valid would be: ${valid}.`
      );
    },
  };
}

const part = '[A-Za-z0-9_-]+';
const partOnly = new RegExp(`^${part}$`);
const twoParts = new RegExp(`^(${part})\\.(${part})$`);

function faultsOf(prefix: string, { name, groupId, service }: ConsumerNames): string[] {
  const faults: string[] = [];
  const inName = groupNameOf(prefix, name);
  const inGroup = twoParts.exec(groupId);
  if (inName === undefined) faults.push(`name is not "${prefix}.{group_name}"`);
  if (inGroup === null) faults.push('groupId is not "{service_name}.{group_name}"');
  if (service !== undefined && !partOnly.test(service))
    faults.push('the name of the service cannot be part of a groupId');
  if (inGroup === null) return faults;
  const [, serviceName = '', groupName = ''] = inGroup;
  if (service !== undefined && serviceName !== service) {
    faults.push(`groupId begins with ${shortened(serviceName)}, the service is called ${shortened(service)}`);
  }
  if (inName !== undefined && inName !== groupName) {
    faults.push(`name and groupId must end alike: ${shortened(inName)} is not ${shortened(groupName)}`);
  }
  return faults;
}

/** Names that follow the rule and keep as much as possible of those given. The service is renamed only when it must be. */
export function suggestNames(prefix: string, { name, groupId, service }: ConsumerNames): ConsumerNames {
  const dot = groupId.indexOf('.');
  const afterPrefix = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  const groupName =
    groupNameOf(prefix, name) ?? asPart(afterPrefix) ?? asPart(groupId.slice(dot + 1)) ?? 'my_group';
  const serviceName = asPart(service ?? (dot > 0 ? groupId.slice(0, dot) : '')) ?? 'my_service';
  return {
    name: `${prefix}.${groupName}`,
    groupId: `${serviceName}.${groupName}`,
    service: service === undefined ? undefined : serviceName,
  };
}

function groupNameOf(prefix: string, name: string): string | undefined {
  if (!name.startsWith(`${prefix}.`)) return undefined;
  const rest = name.slice(prefix.length + 1);
  return partOnly.test(rest) ? rest : undefined;
}

/** The nearest text that can be one part; undefined when nothing is left of it. */
function asPart(text: string): string | undefined {
  if (partOnly.test(text)) return text;
  const clean = text
    .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 100);
  return clean === '' ? undefined : clean;
}

function listed({ name, groupId, service }: ConsumerNames, quoted: (text: string) => string): string {
  const both = `name ${quoted(name)}, groupId ${quoted(groupId)}`;
  return service === undefined ? both : `${both}, service ${quoted(service)}`;
}

/** In quotes; a name from a broken template may be a whole file. */
function shortened(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
