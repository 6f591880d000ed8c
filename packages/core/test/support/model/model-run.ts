import { Delivery } from '../../../src/delivery/delivery.js';
import { Engine } from '../../../src/engine/engine.js';
import { MillraceError } from '../../../src/errors.js';
import { type Outcome, SUCCESS } from '../../../src/handler/outcome.js';
import type { Message } from '../../../src/message/message.js';
import type { TopicPartition } from '../../../src/source/assignment.js';
import type { CommitError } from '../../../src/source/message-source.js';
import { nameOf } from '../messages.js';
import { placeOf } from '../recording-ports.js';
import { Chance } from './chance.js';
import { Checker } from './checker.js';
import { ModelBroker } from './model-broker.js';
import { ModelClient } from './model-client.js';
import { type Scenario, scenarioOf } from './scenario.js';

const RETRY: CommitError = { kind: 'retry', code: 'REQUEST_TIMED_OUT', message: 'no answer in time' };
const REJECTED: CommitError = { kind: 'rejected', code: 'UNKNOWN_TOPIC', message: 'no such topic' };
const NOT_OWNED: CommitError = { kind: 'not-owned', code: 'UNKNOWN_MEMBER_ID', message: 'not a member' };
/** Virtual milliseconds within which everything must be done once the faults are over. */
const HEALING_MS = 120_000;

/** One seed: a process that consumes, the faults around it, and at the end a healing in which everything must get done. */
export class ModelRun {
  readonly seen: Set<string>;
  readonly #chance: Chance;
  readonly #scenario: Scenario;
  readonly #broker = new ModelBroker();
  #client!: ModelClient;
  #engine!: Engine;
  #checker!: Checker;
  #running!: Set<Delivery>;
  #now = 1_000;
  /** Something has happened after which at most once may lose, and the client's own commits may too. */
  #mayLose = false;
  #isFaulty = true;
  #looks = 0;
  /** What has happened, put into words only when a run fails. */
  readonly #trace: unknown[][] = [];

  constructor(seed: number, seen: Set<string>) {
    this.seen = seen;
    this.#chance = new Chance(seed);
    this.#scenario = scenarioOf(this.#chance);
    for (const place of this.#scenario.places) {
      this.#broker.addLog(place, this.#chance.happens(0.5) ? this.#chance.between(0, 5) : undefined);
      this.#produce(place, this.#chance.between(0, 20));
    }
    this.#boot();
  }

  /** Throws with what has happened last when something does not hold. */
  run(): void {
    try {
      for (let i = 0; i < this.#scenario.steps; i++) this.#step();
      this.#heal();
      this.#finish();
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${this.#tell()}`, { cause: error });
    }
  }

  /** The scenario, what has happened last, and where everything stands. */
  #tell(): string {
    const { asked, inFlight, paused, assigned, rebalancing, closed } = this.#client;
    const client = {
      asked,
      inFlight,
      paused: [...paused],
      assigned: [...assigned.values()],
      rebalancing,
      closed,
    };
    const trace = this.#trace
      .slice(-40)
      .map(([at, what, ...where]) => [at, what, ...where.map((each) => nameOf(each as Message))].join(' '));
    const { strategy, options } = this.#scenario;
    return [
      `${strategy.name} ${JSON.stringify(options)}`,
      ...trace,
      JSON.stringify(this.#engine.view(this.#now)),
      JSON.stringify(client),
    ].join('\n');
  }

  get #faults(): Scenario['faults'] {
    return this.#scenario.faults;
  }

  /** A new process. */
  #boot(): void {
    const { options } = this.#scenario;
    this.#running = new Set();
    this.#checker = new Checker({ broker: this.#broker, options, running: this.#running, seen: this.seen });
    this.#client = new ModelClient({
      broker: this.#broker,
      chance: this.#chance,
      checker: this.#checker,
      now: () => this.#now,
      commits: options.commit.covers === 'nothing',
    });
    this.#engine = new Engine(options, this.#client, { Delivery, now: this.#now });
    this.#client.engine = this.#engine;
    this.#engine.start(this.#now);
    this.#work();
  }

  #step(): void {
    const { faults } = this.#scenario;
    this.#now += this.#chance.happens(0.7) ? 0 : this.#chance.between(1, 30);
    if (this.#chance.happens(faults.kill)) this.#kill();
    else if (this.#chance.happens(faults.freeze)) this.#freeze();
    else if (this.#chance.happens(faults.stop)) this.#stop();
    else if (this.#chance.happens(faults.stall)) this.#stall();
    else if (this.#chance.happens(faults.duplicate)) this.#repeat();
    else if (this.#chance.happens(faults.produce))
      this.#produce(this.#chance.one(this.#scenario.places), this.#chance.between(1, 5));
    else if (this.#chance.happens(faults.rebalance)) this.#rebalance();
    else if (this.#running.size > 0 && this.#chance.happens(faults.settle)) this.#settleOne();
    else this.#advance();
    this.#look();
  }

  /** What happens by itself: fetches, polls, answers, time. */
  #advance(): void {
    const moves: (() => void)[] = [() => this.#tick(this.#chance.between(1, 100))];
    const client = this.#client;
    if (client.fetchable.length > 0)
      moves.push(() => client.fetch(this.#chance.one(client.fetchable), this.#chance.between(1, 10)));
    if (client.asked !== undefined) moves.push(() => this.#call('poll', () => client.servePoll(this.#now)));
    if (client.later.length > 0) moves.push(() => this.#later());
    if (client.inFlight !== undefined) moves.push(() => this.#answerCommit());
    this.#chance.one(moves)();
  }

  #tick(ms: number): void {
    this.#now += ms;
    this.#call('tick', () => {
      this.#engine.tick(this.#now);
      for (
        let late = this.#engine.overdue(this.#now);
        late !== undefined;
        late = this.#engine.overdue(this.#now)
      )
        this.#abandon(late);
    });
  }

  #later(): void {
    const next = this.#client.later.shift();
    if (next !== undefined) this.#call('later', () => next(this.#now));
  }

  /** A call of the engine as the feed makes it: runners come afterwards. A closed engine hears nothing. */
  #call(name: string, run: () => void): void {
    if (this.#client.closed) return;
    if (name === 'stop') this.#trace.push([this.#now, 'stop']);
    run();
    this.#work();
  }

  #work(): void {
    if (!this.#client.workSignal) return;
    this.#client.workSignal = false;
    while (this.#running.size < this.#scenario.options.concurrency && this.#engine.hasWork)
      if (!this.#take()) break;
  }

  #take(): boolean {
    const delivery = this.#engine.take(this.#now);
    if (delivery === undefined) return false;
    this.#trace.push([this.#now, 'start', delivery.message]);
    this.#checker.starts(delivery);
    this.#running.add(delivery);
    return true;
  }

  #settleOne(): void {
    const delivery = this.#chance.one([...this.#running]);
    const outcome = this.#isFaulty ? this.#outcome() : SUCCESS;
    this.#trace.push([this.#now, outcome.kind, delivery.message]);
    // what comes after the time was up counts for nothing
    if (outcome.kind === 'crash' || delivery.abandoned) {
      this.#mayLose = true;
      this.#checker.failed(delivery.message);
    } else this.#broker.settle(delivery.message);
    this.#running.delete(delivery);
    this.#engine.settle(delivery, outcome, this.#now);
    if (!this.#client.closed) this.#take();
  }

  #outcome(): Outcome {
    if (this.#chance.happens(this.#faults.crashOutcome))
      return { kind: 'crash', error: new Error('handler') };
    if (this.#chance.happens(this.#faults.skipOutcome))
      return { kind: 'skip', cause: 'failed', error: new Error('handler') };
    return SUCCESS;
  }

  #abandon(delivery: Delivery): void {
    const error = new MillraceError('HANDLER_TIMEOUT');
    const isSkip = !this.#isFaulty || this.#chance.happens(0.9);
    this.#trace.push([this.#now, 'time is up', delivery.message]);
    if (isSkip) this.#broker.settle(delivery.message);
    this.#engine.abandon(
      delivery,
      error,
      isSkip ? { kind: 'skip', cause: 'failed', error } : { kind: 'crash', error },
      this.#now,
    );
  }

  #answerCommit(): void {
    const { entries } = this.#client.inFlight as NonNullable<ModelClient['inFlight']>;
    if (this.#checker.isFenced) this.#client.reply(NOT_OWNED);
    else if (this.#isFaulty && this.#chance.happens(this.#faults.failCommit))
      this.#client.reply(this.#chance.happens(0.8) ? RETRY : REJECTED);
    else {
      this.#checker.applied(entries);
      const isLost = this.#isFaulty && this.#chance.happens(this.#faults.loseAnswer);
      if (isLost) {
        this.seen.add('a lost answer');
        this.#mayLose = true;
      }
      this.#client.reply(isLost ? RETRY : undefined);
    }
    this.#trace.push([this.#now, 'commit answered', ...entries]);
  }

  #rebalance(): void {
    const client = this.#client;
    if (!client.mayRebalance || this.#checker.isFenced) return;
    const free = this.#scenario.places.filter((place) => !client.assigned.has(placeOf(place)));
    const owned = this.#scenario.places.filter((place) => client.assigned.has(placeOf(place)));
    const isAssign = owned.length === 0 || (free.length > 0 && this.#chance.happens(0.6));
    if (isAssign) this.#readElsewhere(free, 0.3);
    const kind = isAssign ? 'assign' : this.#chance.happens(this.#faults.lost) ? 'lost' : 'revoke';
    const partitions = this.#chance.some(isAssign ? free : owned, 0.7);
    this.#trace.push([this.#now, kind, ...partitions]);
    if (kind === 'lost') {
      this.#mayLose = true;
      this.#refuseCommit();
    }
    client.beginRebalance(kind, partitions);
  }

  /** The loop stands still for longer than the group allows: others get the partitions. */
  #freeze(): void {
    const client = this.#client;
    if (!client.mayRebalance || this.#checker.isFenced || client.assigned.size === 0) return;
    this.#trace.push([this.#now, 'freeze']);
    this.#mayLose = true;
    this.#refuseCommit();
    this.#checker.isFenced = true;
    this.seen.add('a frozen loop');
    this.#now += this.#scenario.options.maxPollIntervalMs + this.#chance.between(0, 1_000);
    const partitions = [...client.assigned.values()].map(({ topic, partition }) => ({ topic, partition }));
    this.#readElsewhere(partitions, 0.5);
    // a known fault of the client: the flag that says "lost" can be missing
    client.beginRebalance(this.#chance.happens(0.5) ? 'lost' : 'revoke', partitions);
  }

  #refuseCommit(): void {
    if (this.#client.inFlight !== undefined) this.#client.reply(NOT_OWNED);
  }

  #readElsewhere(places: readonly TopicPartition[], probability: number): void {
    if (this.#scenario.options.commit.covers !== 'settled') return;
    for (const place of this.#chance.some(places, probability))
      this.#broker.readElsewhere(place, this.#chance.between(1, 5));
  }

  #kill(): void {
    this.#trace.push([this.#now, 'kill -9']);
    this.#mayLose = true;
    // what was sent may have arrived
    if (this.#client.inFlight !== undefined && !this.#checker.isFenced && this.#chance.happens(0.5)) {
      this.#checker.applied(this.#client.inFlight.entries);
    }
    this.seen.add('a kill');
    this.#boot();
  }

  #stop(): void {
    if (this.#client.closed) this.#boot();
    else {
      this.#call('stop', () => this.#engine.stop(this.#now));
      this.#checker.isStopping = true;
    }
  }

  #stall(): void {
    if (this.#client.assigned.size === 0) return;
    const fetcher = this.#chance.one([...this.#client.assigned.values()]);
    this.#trace.push([this.#now, 'silent', fetcher]);
    fetcher.isStalled = true;
  }

  #repeat(): void {
    if (this.#client.fetchable.length > 0) this.#client.repeat(this.#chance.one(this.#client.fetchable));
  }

  #produce(place: TopicPartition, count: number): void {
    for (let i = 0; i < count; i++) {
      this.#broker.append(
        place,
        this.#chance.happens(0.3) ? this.#chance.between(1, 3) : 0,
        this.#chance.between(1, 100),
      );
    }
    if (this.#chance.happens(0.2)) this.#broker.skip(place, 1);
  }

  #look(): void {
    if (this.#engine.failure !== undefined) this.#checker.isStopping = true;
    // a view costs as much as several steps
    if (this.#client.closed || this.#looks++ % 4 > 0) return;
    this.#checker.stands(this.#engine.view(this.#now));
  }

  /** Everything works from here on: a consumer that has stopped is started again, all partitions come, all gets done. */
  #heal(): void {
    this.#isFaulty = false;
    const end = this.#now + HEALING_MS;
    while (!this.#isDone) {
      if (this.#now > end)
        this.#checker.fail('G2', `after healing there is still ${this.#undone().join(', ')}`);
      if (this.#client.closed) this.#boot();
      if (this.#client.mayRebalance && !this.#checker.isFenced) {
        const free = this.#scenario.places.filter((place) => !this.#client.assigned.has(placeOf(place)));
        if (free.length > 0) this.#client.beginRebalance('assign', free);
      }
      this.#round();
    }
  }

  /** One turn in which everything that is due happens. */
  #round(): void {
    const client = this.#client;
    for (const fetcher of client.fetchable) client.fetch(fetcher, 100);
    while (client.later.length > 0 && !client.closed) this.#later();
    if (client.asked !== undefined) this.#call('poll', () => client.servePoll(this.#now));
    if (client.inFlight !== undefined) this.#answerCommit();
    for (let i = 0; i < 20 && this.#running.size > 0; i++) this.#settleOne();
    this.#tick(50);
    this.#look();
  }

  get #isDone(): boolean {
    return this.#running.size === 0 && this.#undone().length === 0;
  }

  /** What the group still has to do. */
  #undone(): string[] {
    const { covers } = this.#scenario.options.commit;
    const undone: string[] = [];
    for (const log of this.#broker.logs.values()) {
      const unsettled = this.#broker.firstUnsettled(log);
      if (covers === 'settled' && unsettled !== undefined) undone.push(`${placeOf(log)}/${unsettled}`);
      const done = covers === 'nothing' ? this.#checker.receivedOf(log) : (log.committed?.offset ?? 0);
      if (done < log.end) undone.push(`the end of ${placeOf(log)}`);
    }
    return undone;
  }

  /** A clean stop: nothing starts, everything is given back, the source is closed once. */
  #finish(): void {
    const end = this.#now + HEALING_MS;
    if (this.#client.closed) this.#boot();
    this.#stop();
    while (!this.#client.closed) {
      if (this.#now > end) this.#checker.fail('G13', 'it never closes');
      this.#round();
    }
    this.#mayLose ||=
      this.seen.has('a drain that ran out of time') || this.#scenario.options.onRevoke === 'hand-over';
    const lost = [...this.#broker.logs.values()].find(
      (log) => this.#broker.firstUnsettled(log) !== undefined,
    );
    if (!this.#mayLose && lost !== undefined)
      this.#checker.fail('nothing is lost without a fault', placeOf(lost));
    if (this.#client.assigned.size > 0 && this.#client.rebalancing === undefined)
      this.#checker.fail('G13', 'closed while it owned partitions');
    this.#checker.closesClean(this.#engine.view(this.#now));
  }
}
