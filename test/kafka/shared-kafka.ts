import { KafkaCluster } from './kafka-cluster.js';

/** A Kafka to use and not to break: other tests use it too. */
export interface SharedKafka extends AsyncDisposable {
  readonly bootstrapServers: string;
  stop(): Promise<void>;
}

/** The cluster that `KAFKA_BOOTSTRAP_SERVERS` names, if any. */
export function givenKafka(): string | undefined {
  const given = process.env['KAFKA_BOOTSTRAP_SERVERS'];
  return given === '' ? undefined : given;
}

/** A Kafka of one node: the one that `KAFKA_BOOTSTRAP_SERVERS` names, which is left running, or one started here. */
export async function sharedKafka(): Promise<SharedKafka> {
  const given = givenKafka();
  if (given === undefined) return await KafkaCluster.start();
  return { bootstrapServers: given, stop: async () => {}, [Symbol.asyncDispose]: async () => {} };
}
