import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { committedOffsets, watermarks } from '../kafka/topic-tools.js';
import { type ConsumerParameters, SERVICE } from './consumer-parameters.js';
import { GroupMember } from './group-member.js';
import { Ledger, LEDGER_SUFFIX, placeOf } from './ledger.js';
import type { Kill } from './verdict.js';

/** What all members of a group have in common. */
export type GroupParameters = Omit<ConsumerParameters, 'ledgerFile' | 'instance'>;

/** Consumer processes of one group, with one ledger of all they do. */
export class ConsumerGroup implements AsyncDisposable {
  readonly ledger: Ledger;
  /** Who was killed, in this order. */
  readonly kills: Kill[] = [];
  readonly #parameters: GroupParameters;
  readonly #folder: string;
  readonly #members = new Set<GroupMember>();
  #started = 0;

  constructor(parameters: GroupParameters) {
    this.#parameters = parameters;
    this.#folder = mkdtempSync(join(tmpdir(), 'millrace-chaos-'));
    this.ledger = new Ledger(this.#folder);
  }

  /** Processes that have been started and not been ended by this group, oldest first. */
  get members(): readonly GroupMember[] {
    return [...this.#members];
  }

  /** Starts one more; `own` is for this member alone. */
  start(own: Partial<ConsumerParameters> = {}): GroupMember {
    const name = `member-${String(++this.#started)}`;
    const ledgerFile = join(this.#folder, name + LEDGER_SUFFIX);
    const member = new GroupMember({ ...this.#parameters, ...own, ledgerFile }, name, this.#folder);
    this.#members.add(member);
    return member;
  }

  /** Starts one in the place of a member that has ended: a static one under the same name. */
  startInstead(member: GroupMember): GroupMember {
    return this.start(member.instance === undefined ? {} : { instance: member.instance });
  }

  /** Kills a member with -9. Returns how many messages it was handling in that moment. */
  async kill9(member: GroupMember): Promise<number> {
    const at = await member.kill9();
    this.kills.push({ pid: member.pid, at });
    this.#members.delete(member);
    this.ledger.refresh();
    return this.ledger.openRuns(member.pid).length;
  }

  /** Asks a member to stop, as an operator or Kubernetes does, and waits for its end. */
  async stop(member: GroupMember): Promise<void> {
    await member.terminate();
    this.#members.delete(member);
    this.ledger.refresh();
  }

  /** End of every partition of its topics, by {@link placeOf}. */
  async ends(): Promise<Map<string, number>> {
    const ends = new Map<string, number>();
    for (const topic of this.#parameters.topics) {
      const found = await watermarks(this.#parameters.bootstrapServers, topic);
      for (const [partition, { high }] of found) ends.set(placeOf(topic, partition), high);
    }
    return ends;
  }

  /** What the group has committed, by {@link placeOf}; asked by a client outside the group. */
  async committed(): Promise<Map<string, number>> {
    const { bootstrapServers, topics, group } = this.#parameters;
    const committed = new Map<string, number>();
    for (const topic of topics) {
      const found = await committedOffsets(bootstrapServers, `${SERVICE}.${group}`, topic);
      for (const [partition, { offset }] of found) committed.set(placeOf(topic, partition), offset);
    }
    return committed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill9()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
