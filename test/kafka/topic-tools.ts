// What tests, benchmarks and the demo do with topics from outside, in one place to import from.
export { produceMessages } from './produce-messages.js';
export { readTopic } from './read-topic.js';
export { addPartitions, createTopic, deleteTopic } from './topic-admin.js';
export { committedOffsets, watermarks } from './topic-offsets.js';
