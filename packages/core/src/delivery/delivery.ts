import type { Message } from '../message/message.js';

/** What the engine keeps of the partition that a delivery came from. */
export interface DeliveryHome {
  readonly topic: string;
  readonly partition: number;
  /** Counts the assignments of this partition to this consumer. A delivery of an older epoch changes nothing any more. */
  readonly epoch: number;
}

/**
 * One message on its way through the engine. It is also the handler's request context: the subclass that
 * `context-class.ts` makes adds the members that users see, so that one object a message is all that is allocated.
 * All fields are set here, in one order, so that every delivery has the same shape.
 *
 * `next` and `previous` link it into at most one list at a time: what waits in a lane, then what runs.
 */
export class Delivery {
  readonly message: Message;
  readonly home: DeliveryHome;
  /** Place in its partition's order of receipt. */
  readonly sequence: number;
  /** 1 for the first run; counts runs in place. */
  attempt = 1;
  /** Monotonic milliseconds at which the handler was started; 0 = not yet. */
  startedAt = 0;
  /** Why the handler should give up, once it should. */
  abortReason: Error | undefined = undefined;
  /** The handler's time limit has passed and the failure policy has spoken: what it returns later no longer counts. */
  abandoned = false;
  next: Delivery | undefined = undefined;
  previous: Delivery | undefined = undefined;
  /** Made on first use by the context members; most messages never need it. */
  extras: DeliveryExtras | undefined = undefined;

  constructor(message: Message, home: DeliveryHome, sequence: number) {
    this.message = message;
    this.home = home;
    this.sequence = sequence;
  }
}

/** What a handler asked for. Kept apart so that a delivery whose handler asks for nothing stays small. */
export interface DeliveryExtras {
  controller: AbortController | undefined;
  span: unknown;
  logger: unknown;
  headers: unknown;
}

/** Fires the delivery's signal, if anyone has asked for it; otherwise a later look finds it fired. */
export function abortDelivery(delivery: Delivery, reason: Error): void {
  if (delivery.abortReason !== undefined) return;
  delivery.abortReason = reason;
  delivery.extras?.controller?.abort(reason);
}
