import type { CommitEntry, Message, Rebalance, TopicFacts, TopicPartition, Watermarks } from '@millrace/core';

/** A commit as the group keeps it. */
export interface FakeCommit {
  readonly offset: number;
  readonly leaderEpoch: number | undefined;
  readonly metadata: string;
}

/** A member as its group sees it. */
export interface FakeMember {
  subscribes(topic: string): boolean;
  /** Takes a rebalance; the group hands over no other before `FakeGroup.answered`. */
  rebalance(rebalance: Rebalance): void;
  /** There is a message for a partition that it owns. */
  appended(place: TopicPartition): void;
}

interface Membership {
  readonly member: FakeMember;
  /** Handed over and not answered. */
  open: Rebalance | undefined;
  /** It is on its way out: what it owns is taken back in order, and it gets nothing more. */
  isLeaving: boolean;
  /** Taken from it already, which it has not been told yet. */
  lost: readonly TopicPartition[];
  /** Has heard of an assignment, be it an empty one. */
  isAssigned: boolean;
}

/** What a group needs to know of its log. */
export interface GroupLog {
  readonly topics: readonly string[];
  partitionCount(topic: string): number;
  ends(place: TopicPartition): Watermarks;
}

/**
 * The members of one group and its commits. It rebalances as a cooperative group does: who keeps a partition is not
 * disturbed, and a partition that moves is first given back, then handed out. Everybody gets the same number, give or take one.
 */
export class FakeGroup {
  readonly #log: GroupLog;
  readonly #members = new Map<FakeMember, Membership>();
  readonly #owners = new Map<string, FakeMember>();
  readonly #commits = new Map<string, FakeCommit>();
  readonly #waiting = new Set<() => void>();
  #nextId = 1;

  constructor(log: GroupLog) {
    this.#log = log;
  }

  /** What is committed for this partition. */
  committed(topic: string, partition = 0): FakeCommit | undefined {
    return this.#commits.get(placeOf({ topic, partition }));
  }

  /** Puts a commit there, as another program or an operator would. */
  commit(entry: Pick<CommitEntry, 'topic' | 'partition' | 'offset'> & Partial<CommitEntry>): void {
    const { offset, leaderEpoch, metadata = '' } = entry;
    this.#commits.set(placeOf(entry), { offset, leaderEpoch, metadata });
    for (const look of this.#waiting) look();
  }

  /** Resolves when every partition of the topic is committed to its end. */
  caughtUp(topic: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.#isCaughtUp(topic)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Who owns it now. */
  ownerOf(place: TopicPartition): FakeMember | undefined {
    return this.#owners.get(placeOf(place));
  }

  /** Whether its commits count: it is a member, and has heard of everything that it has lost. */
  accepts(member: FakeMember): boolean {
    const membership = this.#members.get(member);
    return membership !== undefined && membership.lost.length === 0 && membership.open?.kind !== 'lost';
  }

  /** Whether it owns something, or still has to answer. */
  isBusyWith(member: FakeMember): boolean {
    const membership = this.#members.get(member);
    if (membership === undefined) return false;
    return membership.open !== undefined || membership.lost.length > 0 || this.#ownedBy(member).length > 0;
  }

  join(member: FakeMember): void {
    this.#members.set(member, { member, open: undefined, isLeaving: false, lost: [], isAssigned: false });
    this.rebalance();
  }

  /** A member says that it goes: what it owns is taken back, and it is in the group until that is through and it is removed. */
  leave(member: FakeMember): void {
    const membership = this.#members.get(member);
    if (membership !== undefined) membership.isLeaving = true;
    this.rebalance();
  }

  /** The group has moved on: a member has nothing any more, and hears of it afterwards. */
  expel(member: FakeMember): void {
    const membership = this.#members.get(member);
    if (membership === undefined) return;
    const owned = this.#ownedBy(member);
    for (const place of owned) this.#owners.delete(placeOf(place));
    membership.lost = [...membership.lost, ...owned];
    this.rebalance();
  }

  /** Drops a member, whatever it owns or has not answered. */
  remove(member: FakeMember): void {
    if (!this.#members.delete(member)) return;
    for (const place of this.#ownedBy(member)) this.#owners.delete(placeOf(place));
    this.rebalance();
  }

  /** A member has answered what was handed over to it. */
  answered(member: FakeMember, rebalance: Rebalance): void {
    const membership = this.#members.get(member);
    if (membership?.open !== rebalance) return;
    membership.open = undefined;
    if (rebalance.kind !== 'assign') {
      for (const place of rebalance.partitions) {
        if (this.ownerOf(place) === member) this.#owners.delete(placeOf(place));
      }
    }
    this.rebalance();
  }

  appended(message: Message): void {
    this.ownerOf(message)?.appended(message);
  }

  topicFacts(topic: string): TopicFacts {
    const partitionCount = this.#log.partitionCount(topic);
    const commits = Array.from({ length: partitionCount }, (_, partition) =>
      this.committed(topic, partition),
    );
    const metadata = commits.flatMap((commit) => (commit === undefined ? [] : [commit.metadata]));
    return { topic, partitionCount, metadata };
  }

  /** Moves partitions as far as members have given them back. */
  rebalance(): void {
    const target = this.#target();
    for (const membership of this.#members.values()) {
      const { member } = membership;
      if (membership.open !== undefined) continue;
      const owned = this.#ownedBy(member);
      if (membership.lost.length > 0) {
        const { lost } = membership;
        membership.lost = [];
        this.#handOver(membership, 'lost', lost);
        continue;
      }
      const leaving = owned.filter((place) => target.get(placeOf(place)) !== member);
      if (leaving.length > 0) {
        this.#handOver(membership, 'revoke', leaving);
        continue;
      }
      const coming = this.#places().filter(
        (place) => target.get(placeOf(place)) === member && this.ownerOf(place) === undefined,
      );
      if (coming.length === 0 && (membership.isAssigned || membership.isLeaving)) continue;
      for (const place of coming) this.#owners.set(placeOf(place), member);
      membership.isAssigned = true;
      this.#handOver(membership, 'assign', coming);
    }
  }

  #handOver(membership: Membership, kind: Rebalance['kind'], partitions: readonly TopicPartition[]): void {
    membership.open = { id: this.#nextId++, kind, partitions };
    membership.member.rebalance(membership.open);
  }

  /** Who should own what: whoever has it keeps it, unless that is more than an equal part. */
  #target(): Map<string, FakeMember> {
    const target = new Map<string, FakeMember>();
    const loads = new Map<FakeMember, number>();
    for (const { member, isLeaving } of this.#members.values()) if (!isLeaving) loads.set(member, 0);
    for (const topic of this.#log.topics) {
      const members = [...loads.keys()].filter((member) => member.subscribes(topic));
      if (members.length === 0) continue;
      const places = this.#places().filter((place) => place.topic === topic);
      const give = (place: TopicPartition, member: FakeMember): void => {
        target.set(placeOf(place), member);
        loads.set(member, (loads.get(member) ?? 0) + 1);
      };
      const most = Math.ceil(places.length / members.length);
      const kept = new Map<FakeMember, number>();
      const free = places.filter((place) => {
        const owner = this.ownerOf(place);
        if (owner === undefined || !members.includes(owner) || (kept.get(owner) ?? 0) >= most) return true;
        kept.set(owner, (kept.get(owner) ?? 0) + 1);
        give(place, owner);
        return false;
      });
      for (const place of free) give(place, leastLoaded(members, loads));
    }
    return target;
  }

  #ownedBy(member: FakeMember): TopicPartition[] {
    return this.#places().filter((place) => this.ownerOf(place) === member);
  }

  #places(): TopicPartition[] {
    return this.#log.topics.flatMap((topic) =>
      Array.from({ length: this.#log.partitionCount(topic) }, (_, partition) => ({ topic, partition })),
    );
  }

  #isCaughtUp(topic: string): boolean {
    return Array.from({ length: this.#log.partitionCount(topic) }, (_, partition) => partition).every(
      (partition) => {
        const { low, high } = this.#log.ends({ topic, partition });
        return (this.committed(topic, partition)?.offset ?? low) >= high;
      },
    );
  }
}

function leastLoaded(members: readonly FakeMember[], loads: ReadonlyMap<FakeMember, number>): FakeMember {
  return members.reduce((least, member) =>
    (loads.get(member) ?? 0) < (loads.get(least) ?? 0) ? member : least,
  );
}

function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
