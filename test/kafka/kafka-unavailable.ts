/**
 * This machine cannot have an Apache Kafka: something is not installed and may not be, or cannot be downloaded.
 * Suites that need one are then skipped aloud (in CI: fail). A Kafka that was had and does not behave is never this error.
 */
export class KafkaUnavailable extends Error {
  override readonly name = 'KafkaUnavailable';

  /** The cause's text becomes part of ours: what is printed for a skipped suite is the message alone. */
  constructor(reason: string, cause?: Error) {
    super(cause === undefined ? reason : `${reason}: ${cause.message}`, { cause });
  }
}
