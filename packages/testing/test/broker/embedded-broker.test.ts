import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { createProducer } from '@millrace/kafka';
import { afterAll, describe, expect, test } from 'vitest';

import { EmbeddedBroker } from '../../src/broker/embedded-broker.js';

const TIMEOUT_MS = 30_000;

interface Client {
  connect(options: object, done: (error: unknown, metadata: Metadata) => void): unknown;
  disconnect(done: () => void): unknown;
}
interface Metadata {
  readonly brokers: readonly unknown[];
  readonly topics: readonly { readonly name: string; readonly partitions: readonly unknown[] }[];
}

/** Asks with a client of this process, the broker being in another. */
async function metadataOf(broker: EmbeddedBroker, topic?: string): Promise<Metadata> {
  const client = createProducer({ 'bootstrap.servers': broker.bootstrapServers }) as unknown as Client;
  const metadata = await new Promise<Metadata>((resolve, reject) => {
    client.connect({ allTopics: topic === undefined, topic, timeout: TIMEOUT_MS }, (error, answer) => {
      if (error instanceof Error) reject(error);
      else resolve(answer);
    });
  });
  await new Promise<void>((resolve) => client.disconnect(resolve));
  return metadata;
}

async function isListening(address: string): Promise<boolean> {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('EmbeddedBroker', { timeout: TIMEOUT_MS }, () => {
  const started: EmbeddedBroker[] = [];
  const setup = async (brokers: number): Promise<EmbeddedBroker> => {
    const broker = await EmbeddedBroker.start({ brokers });
    started.push(broker);
    return broker;
  };
  afterAll(() => Promise.all(started.map((broker) => broker.stop())));

  test('answers clients of other processes with as many brokers as were asked for', async () => {
    const broker = await setup(3);
    expect(broker.bootstrapServers.split(',')).toHaveLength(3);
    expect((await metadataOf(broker)).brokers).toHaveLength(3);
  });

  test('has a topic before anybody produces to it, once it is told to make it', async () => {
    const broker = await setup(1);
    await broker.createTopic('new_links');
    await broker.createTopic('new_links');
    const { topics } = await metadataOf(broker);
    expect(topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([['new_links', 4]]);
  });

  test('is gone after stop, however often that is called', async () => {
    const broker = await setup(1);
    expect(await isListening(broker.bootstrapServers)).toBe(true);
    await Promise.all([broker.stop(), broker.stop()]);
    await broker.stop();
    expect(await isListening(broker.bootstrapServers)).toBe(false);
    await expect(broker.createTopic('late')).rejects.toThrow('has been stopped');
  });

  test('does not outlive a parent that is killed with -9', async () => {
    const script = `import { EmbeddedBroker } from '@millrace/testing';
      console.log((await EmbeddedBroker.start()).bootstrapServers);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
    const address = printed.toString().trim();
    expect(await isListening(address)).toBe(true);

    parent.kill('SIGKILL');
    const deadline = performance.now() + TIMEOUT_MS / 2;
    while (await isListening(address)) {
      expect(performance.now()).toBeLessThan(deadline);
      await delay(10);
    }
  });
});
