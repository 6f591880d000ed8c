import type { MessageSource } from '@millrace/core';

/** What a transport under test can do beyond the obligations that all have. */
export interface SourceFeatures {
  /** Several members of one group share partitions. */
  readonly sharing: boolean;
  /** It tells when a reader has come to the end of a log. */
  readonly endOfPartition: boolean;
}

/** A transport under test: a log that checks can write to, and members of groups that read it. */
export interface SourceUnderTest {
  /** Makes a topic with four empty partitions, and returns its name, which no other check uses. */
  readonly createTopic: () => Promise<string>;
  /** Appends values in this order; resolves when the log has them. */
  readonly append: (topic: string, partition: number, values: readonly string[]) => Promise<void>;
  /** A new member, not opened yet, that does not commit by itself. */
  readonly makeSource: (member: {
    readonly groupId: string;
    readonly topics: readonly string[];
  }) => MessageSource;
}

export interface SourceConformanceOptions {
  /** Whose conformance it is; stands before the name of each check. */
  readonly name: string;
  readonly features: SourceFeatures;
  /** Called by each check; what it makes may be shared. */
  readonly underTest: () => SourceUnderTest | Promise<SourceUnderTest>;
  /** Milliseconds that anything may take to happen. @defaultValue `5_000` */
  readonly patienceMs?: number;
  /** Milliseconds after which something that should not happen is taken not to. @defaultValue `100` */
  readonly quietMs?: number;
}
