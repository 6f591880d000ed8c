import type { DesiredPauses } from './desired-pauses.js';
import type { EngineOptions } from './engine-options.js';
import type { OwnedPartition } from './owned-partition.js';
import type { PartitionTable } from './partition-table.js';
import type { Ports } from './ports.js';

/** How often a full consumer still polls, one message at a time: rebalances and acknowledgements come only through polls. */
const TRICKLE_MS = 100;
/** How long it trickles before it pauses. A pause throws away what is prefetched, so a short fullness is waited out. */
const PATIENCE_MS = 1_000;
/** Part of the limits that is split evenly: every partition has a share that no other can take. The rest is for whoever comes first. */
const GUARANTEED = 1 / 2;
/** A partition that holds less than this part of its share is hungry. */
const HUNGRY = 1 / 16;
/** One that was paused goes on when it is down to this part of its share: early enough to have more before it is hungry. */
const LOW_WATER = 1 / 4;
/** Below this level there is room for whatever comes, so nobody is in anybody's way. */
const COMPARE_FROM = 3 / 4;

/**
 * How much is asked of the source, and what is paused. The ladder, lowest rung first:
 *
 * 1. Below the limits: poll again as long as polls bring something, then on the source's wake-up (a hint) or the tick
 *    (the mechanism).
 * 2. At the limits: one message each 100 ms, since only polls deliver rebalances and acknowledgements. Each may exceed
 *    the limit by one.
 * 3. Still there after a second, or when an acknowledgement is waited for: pause whatever is not hungry. Then polls bring
 *    next to nothing, and wake-ups work, because the client's queue is empty.
 * 4. Each partition is resumed by itself, with a kick, when it is down to its low water: a pause costs up to one fetch,
 *    so what is worked off in between must be worth it.
 *
 * Half of the limits is split evenly among the partitions, half goes to whoever comes first. While some partition is
 * hungry (has something to read and little here), others are paused *alone* as soon as they hold more than their share
 * and as much of the common half as they leave: so a slow one fills its own part and never the room of the others.
 */
export class BackPressure {
  readonly #limits: EngineOptions['limits'];
  readonly #pollSize: number;
  readonly #ports: Pick<Ports, 'poll'>;
  readonly #pauses: DesiredPauses;
  readonly #table: PartitionTable;

  /** Received and not settled, over all partitions. */
  #messages = 0;
  #bytes = 0;
  /** Upper estimate of one message's size: follows large ones at once, forgets them slowly. */
  #size = 256;
  #asked = 0;
  #polling = false;
  #woken = false;
  /** The last poll brought less than was asked: the client's queue is empty, and its wake-ups work. */
  #drained = true;
  #lastPolledAt: number;
  #fullSince: number | undefined = undefined;
  /** Everything that is not hungry is paused, so polls are free. */
  #saturated = false;

  constructor(
    options: EngineOptions,
    parts: { ports: Pick<Ports, 'poll'>; pauses: DesiredPauses; table: PartitionTable },
    now: number,
  ) {
    this.#limits = options.limits;
    this.#pollSize = options.pollSize;
    this.#ports = parts.ports;
    this.#pauses = parts.pauses;
    this.#table = parts.table;
    this.#lastPolledAt = now;
  }

  /** Monotonic milliseconds at which a poll last came back. */
  get lastPolledAt(): number {
    return this.#lastPolledAt;
  }

  /** Messages between receipt and settling. */
  get messages(): number {
    return this.#messages;
  }

  get isFull(): boolean {
    return this.#messages >= this.#limits.messages || this.#bytes >= this.#limits.bytes;
  }

  /** A poll has come back with `count` messages that are not counted yet. Asks for more before they are looked at: the source works meanwhile. */
  polled(count: number, now: number): void {
    this.#polling = false;
    this.#lastPolledAt = now;
    this.#drained = count < this.#asked;
    const more = count > 0 || this.#woken;
    this.#woken = false;
    if (more) this.#ask(count);
  }

  /** Counts a batch that was taken in, and looks whether a partition is in the way of others now. */
  received(messages: number, bytes: number, largest: number): void {
    this.#messages += messages;
    this.#bytes += bytes;
    this.#size = Math.max(largest, this.#size * 0.98, 1);
    if (this.#saturated) this.#pauseFed();
    else if (this.#level() >= COMPARE_FROM) this.#compare();
  }

  /** Some messages are held no longer. */
  released(messages: number, bytes: number): void {
    this.#messages -= messages;
    this.#bytes -= bytes;
  }

  /** The source says there may be something. */
  woken(): void {
    if (this.#polling) this.#woken = true;
    else this.#ask(0);
  }

  /** Looks at where things stand; called after anything was received or released. `awaited` = work stands still until an acknowledgement comes. */
  review(awaited: boolean, now: number): void {
    const hasRoom = this.#allowance(0) >= Math.min(this.#pollSize, this.#limits.messages / 8) / 2;
    // as good as full: the acknowledgement comes with a poll, and there is no room for one that is worth its cost
    if (this.isFull || (awaited && !hasRoom && !this.#drained)) {
      this.#fullSince ??= now;
      if (!this.#saturated && (awaited || now - this.#fullSince >= PATIENCE_MS)) {
        this.#saturated = true;
        this.#pauseFed();
        this.#ask(0);
      }
      return;
    }
    this.#fullSince = undefined;
    this.#saturated = false;
    // a poll costs the same for one message as for many, so it waits until there is room for some
    if (hasRoom && !this.#drained && !this.#polling) this.#ask(0);
  }

  /** A paused partition may have come down far enough. */
  relieve(partition: OwnedPartition, now: number): void {
    if (this.#part(partition) > this.#lowWater()) return;
    this.#pauses.resume([partition], 'full', now);
    this.#ask(0);
  }

  /** The mechanism under the wake-ups. */
  tick(now: number): void {
    if (!this.#saturated && this.#level() >= COMPARE_FROM) this.#compare();
    if (!this.#polling && (!this.isFull || this.#saturated || now - this.#lastPolledAt >= TRICKLE_MS))
      this.#poll(this.#allowance(0) || 1);
  }

  #ask(uncounted: number): void {
    // a full consumer asks for one: the hungry still flow, each must be seen and paused once it is fed
    const max = this.#allowance(uncounted) || (this.#saturated ? 1 : 0);
    if (max > 0 && !this.#polling) this.#poll(max);
  }

  #poll(max: number): void {
    this.#polling = true;
    this.#asked = max;
    this.#ports.poll(max);
  }

  /** How many messages may be asked for within the limits; `uncounted` ones are on their way in. */
  #allowance(uncounted: number): number {
    const room = this.#limits.messages - this.#messages - uncounted;
    const bytes = this.#limits.bytes - this.#bytes - uncounted * this.#size;
    const most = Math.min(this.#pollSize, room, Math.ceil(bytes / this.#size));
    return most > 0 ? most : 0;
  }

  /** Pauses everything that is not hungry. */
  #pauseFed(): void {
    const lowWater = this.#lowWater();
    const fed: OwnedPartition[] = [];
    for (const partition of this.#table.all()) if (this.#part(partition) > lowWater) fed.push(partition);
    this.#pauses.pause(fed, 'full');
  }

  /** While somebody is hungry, pauses whoever holds more than its share and as much of the common half as it leaves. */
  #compare(): void {
    const share = this.#share();
    const hungry = share * HUNGRY;
    let common = 1 - GUARANTEED;
    let largest = 0;
    let isSomeoneHungry = false;
    for (const partition of this.#table.all()) {
      const part = this.#part(partition);
      common -= Math.max(0, part - share);
      largest = Math.max(largest, part);
      isSomeoneHungry ||= part <= hungry && hasMoreToRead(partition) && !this.#pauses.isPaused(partition);
    }
    if (!isSomeoneHungry) return;
    // those that are in the way, not those that keep up beside them: each pause throws away a fetch
    const most = Math.max(share + Math.max(0, common), largest / 2);
    for (const partition of this.#table.all()) {
      if (this.#part(partition) >= most && !this.#pauses.isPaused(partition))
        this.#pauses.pause([partition], 'full');
    }
  }

  /** What no other can take from a partition, as a part of the limits. */
  #share(): number {
    return GUARANTEED / Math.max(1, this.#table.size);
  }

  #lowWater(): number {
    return this.#share() * LOW_WATER;
  }

  #level(): number {
    return Math.max(this.#messages / this.#limits.messages, this.#bytes / this.#limits.bytes);
  }

  #part(partition: OwnedPartition): number {
    return Math.max(partition.count / this.#limits.messages, partition.bytes / this.#limits.bytes);
  }
}

function hasMoreToRead({ highWater, ledger, readTo }: OwnedPartition): boolean {
  return highWater === undefined || highWater > Math.max(ledger.position, readTo);
}
