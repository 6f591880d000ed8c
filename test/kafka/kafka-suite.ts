import { beforeEach, describe, inject } from 'vitest';

// For the type of what is provided.
import type {} from './shared-cluster.js';

/**
 * A suite that needs a Kafka, any Kafka, and shares it: topics and groups want names of their own, and nobody stops a broker.
 * Where none can be had it is skipped aloud; with `CI=true` it fails.
 */
export function describeWithKafka(name: string, body: (bootstrapServers: string) => void): void {
  const { bootstrapServers, unavailable } = inject('kafka');
  if (bootstrapServers === undefined)
    withoutKafka(name, unavailable ?? 'no Kafka', () => {
      body('unavailable:0');
    });
  else
    describe(name, () => {
      body(bootstrapServers);
    });
}

/** A suite that starts clusters of its own (`KafkaCluster.start`), to break them. The same rules for a machine that cannot. */
export function describeWithOwnCluster(name: string, body: () => void): void {
  const { unavailable } = inject('kafka');
  if (unavailable === undefined) describe(name, body);
  else withoutKafka(name, unavailable, body);
}

function withoutKafka(name: string, reason: string, body: () => void): void {
  if (isInCi()) {
    describe(name, () => {
      beforeEach(() => {
        throw new Error(`in CI a Kafka is not optional: ${reason}`);
      });
      body();
    });
  } else {
    process.stderr.write(`\nSKIPPED, because there is no Kafka: ${name}\n  ${reason}\n\n`);
    describe.skip(name, body);
  }
}

function isInCi(): boolean {
  const { CI } = process.env;
  return CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0';
}
