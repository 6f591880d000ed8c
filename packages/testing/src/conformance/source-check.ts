import { SourceProbe } from './source-probe.js';
import type { SourceConformanceOptions, SourceFeatures, SourceUnderTest } from './source-under-test.js';

/** An obligation before it is bound to a transport. */
export interface SourceCheck {
  /** A sentence whose subject is the source. */
  readonly obligation: string;
  /** Runs only where the transport has this. */
  readonly needs?: keyof SourceFeatures;
  readonly run: (options: SourceConformanceOptions) => Promise<void>;
}

/** What a check works with. */
export interface CheckGround extends SourceUnderTest {
  /** A group that no other check uses. */
  readonly groupId: string;
  /** A member of the group with a listener that polls and answers by itself. It is closed when the check ends. */
  readonly join: (topic: string, options?: { readonly answers?: boolean }) => SourceProbe;
  /** Lets time pass in which something should not happen. */
  readonly quiet: () => Promise<void>;
}

let groups = 0;

/** Makes a check: whatever it opens is closed when it ends, well or not. */
export function sourceCheck(
  obligation: string,
  run: (ground: CheckGround) => Promise<void>,
  needs?: keyof SourceFeatures,
): SourceCheck {
  return { obligation, ...(needs === undefined ? {} : { needs }), run: (options) => onGround(options, run) };
}

async function onGround(
  options: SourceConformanceOptions,
  run: (ground: CheckGround) => Promise<void>,
): Promise<void> {
  const underTest = await options.underTest();
  const probes: SourceProbe[] = [];
  const groupId = `conformance-${process.pid}-${Date.now()}-${++groups}`;
  try {
    await run({
      createTopic: () => underTest.createTopic(),
      append: (topic, partition, values) => underTest.append(topic, partition, values),
      makeSource: (member) => underTest.makeSource(member),
      groupId,
      join(topic, { answers = true } = {}) {
        const source = underTest.makeSource({ groupId, topics: [topic] });
        const probe = new SourceProbe(source, { answers, patienceMs: options.patienceMs ?? 5_000 });
        probes.push(probe);
        return probe;
      },
      quiet: () => new Promise((resolve) => setTimeout(resolve, options.quietMs ?? 100)),
    });
    for (const probe of probes) probe.assertSound();
  } finally {
    await Promise.all(probes.map((probe) => probe.close()));
  }
}
