import type { TestProject } from 'vitest/node';

import { installKafka } from './install-kafka.js';
import { KafkaUnavailable } from './kafka-unavailable.js';
import { givenKafka, type SharedKafka, sharedKafka } from './shared-kafka.js';

/** What the test files of a run are told about its Kafka. */
export interface KafkaProvided {
  /** The shared cluster's address; undefined: it cannot be had. */
  readonly bootstrapServers: string | undefined;
  /** Why the machine cannot start clusters of a test's own; undefined: it can. */
  readonly unavailable: string | undefined;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly kafka: KafkaProvided;
  }
}

let shared: SharedKafka | undefined;

/** Vitest's global setup: one Kafka for all test files that only need some Kafka. */
export async function setup(project: TestProject): Promise<void> {
  const unavailable = await whyUnavailable();
  if (unavailable === undefined || givenKafka() !== undefined) shared = await sharedKafka();
  project.provide('kafka', { bootstrapServers: shared?.bootstrapServers, unavailable });
}

/** Stops it again. */
export async function teardown(): Promise<void> {
  await shared?.stop();
  shared = undefined;
}

async function whyUnavailable(): Promise<string | undefined> {
  try {
    // Who brings a Kafka has not asked for packages to be installed.
    await installKafka({ mayInstall: givenKafka() === undefined });
    return undefined;
  } catch (error) {
    if (error instanceof KafkaUnavailable) return error.message;
    throw error;
  }
}
