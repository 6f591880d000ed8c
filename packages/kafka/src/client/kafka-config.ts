/** A value that librdkafka takes. */
export type PropertyValue = string | number | boolean;

/** Properties of librdkafka by name. */
export type KafkaConfig = Readonly<Record<string, PropertyValue>>;
