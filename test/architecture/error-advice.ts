import type { ErrorCode } from '../../packages/core/src/errors.js';

/** What to do about each error; a code without advice does not compile. */
export const errorAdvice: Readonly<Record<ErrorCode, string>> = {
  OPTIONS_INVALID:
    'Thrown by `new`, `forTopics` and the constructors. The text names every fault with its path; `faults` of the error has them as data. All options are in [configuration](../configuration.md).',
  SCHEMA_INVALID:
    'Thrown when the factory is made, so that a bad schema is found at start and not with the first message.',
  STATE_INVALID: 'A mistake in the program that calls: the text says which call, in which state.',
  NATIVE_ARGUMENT:
    'Values of a wrong type can end the process or commit offset 0 once they reach native code, so they are refused before. It is a mistake in the calling code, or one of ours: please report it.',
  CLIENT_UNAVAILABLE:
    'The native client is not installed for this version of node and this platform. Run `npm rebuild @confluentinc/kafka-javascript` and read what it says; the cause has the loader’s own words.',
  CONNECT_FAILED:
    'A consumer keeps trying by itself, with growing pauses, and logs `source.unreachable`. Check `bootstrapServers`, the network, and what TLS and SASL need.',
  CLIENT_FATAL:
    'The consumer stops and the process should be restarted. The text is that of librdkafka: a fenced member, an authorization that was withdrawn, a broken installation.',
  TOPIC_MISSING: 'The text names the nearest topics that exist. Create the topic, or correct its name.',
  NO_COMMITTED_OFFSET:
    "With `autoOffsetReset: 'error'` a partition without a commit is not started. Commit a position for the group, or choose `'earliest'` or `'latest'`.",
  PARTITION_LOST:
    'Reason of `context.signal` when the group has given the partition to another member: what the handler does from here on is repeated there. Stop, and leave no half work.',
  PARTITION_STALLED:
    'The consumer looks into it by itself; the log event `partition.stalled` tells position and end. When it lasts, see the broker’s log about the partition.',
  DECODE_FAILED:
    '`onFailure.invalid` says what happens to such a message: it is skipped, or the consumer stops.',
  DATA_INVALID:
    'As for DECODE_FAILED. `DataInvalidError` has the faults by path and keyword, without the values.',
  HANDLER_TIMEOUT:
    'The handler was still running after `handlerTimeoutMs`; `context.signal` fires with this error. Hand the signal on to what the handler waits for.',
  CONTEXT_MEMBER_FAILED:
    'A context member of the service threw, needs itself, or could not be disposed. It counts as a failure of the handler.',
  HEALTH_UNAVAILABLE:
    'The text says why the port cannot be had: it is in use, or not allowed. The server does not start without the endpoints it was told to have.',
  STOP_TIMEOUT:
    'What ran was abandoned and is not committed; it runs again after the restart. Let handlers end when `context.signal` fires, or allow more time: see [operations](../operations.md#stopping-in-time).',
};
