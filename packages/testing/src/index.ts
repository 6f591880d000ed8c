export { EmbeddedBroker, type EmbeddedBrokerOptions } from './broker/embedded-broker.js';
export { type ConformanceCheck, sourceConformance } from './conformance/source-conformance.js';
export type {
  SourceConformanceOptions,
  SourceFeatures,
  SourceUnderTest,
} from './conformance/source-under-test.js';
export { type FakeCommit, FakeGroup, type FakeMember, type GroupLog } from './doubles/fake-group.js';
export { FakeLog, type FakeRecord } from './doubles/fake-log.js';
export { type Defer, FakeSource, type FakeSourceOptions } from './doubles/fake-source.js';
export { ManualClock, type ManualClockOptions } from './doubles/manual-clock.js';
