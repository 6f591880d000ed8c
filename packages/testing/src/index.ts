export { EmbeddedBroker, type EmbeddedBrokerOptions } from './broker/embedded-broker.js';
export { ManualClock, type ManualClockOptions } from './doubles/manual-clock.js';
