import { contextOf } from '../delivery/context-class.js';
import type { Delivery } from '../delivery/delivery.js';
import { disposeMembers } from '../service/context-members.js';
import { logEvent } from '../telemetry/event-log.js';
import type { Stage } from './stage.js';

/**
 * Disposes the context members that a handler has made, when it has ended either way. A failure to dispose is
 * a failure of the message: what is released at the end is often what makes the work lasting. After a handler
 * that has failed itself, its error counts and the other one is logged.
 */
export function disposing(stage: Stage): Stage {
  return (delivery) => {
    let answer: undefined | PromiseLike<void>;
    try {
      answer = stage(delivery);
    } catch (error) {
      return failAfterDisposal(delivery, error);
    }
    return answer === undefined ? dispose(delivery) : disposeAfter(answer, delivery);
  };
}

async function disposeAfter(answer: PromiseLike<void>, delivery: Delivery): Promise<void> {
  try {
    await answer;
  } catch (error) {
    return failAfterDisposal(delivery, error);
  }
  return dispose(delivery);
}

function failAfterDisposal(delivery: Delivery, error: unknown): Promise<void> {
  const report = (undisposed: unknown): void => {
    const { topic, partition, offset } = delivery.message;
    logEvent(contextOf(delivery).logger, {
      type: 'member.undisposed',
      topic,
      partition,
      offset,
      error: undisposed,
    });
  };
  let pending: undefined | Promise<void> = undefined;
  try {
    pending = dispose(delivery);
  } catch (undisposed) {
    report(undisposed);
  }
  if (pending === undefined) throw error;
  return pending.catch(report).then(() => {
    throw error;
  });
}

function dispose(delivery: Delivery): undefined | Promise<void> {
  const pending = disposeMembers(contextOf(delivery));
  return pending === undefined ? undefined : pending;
}
