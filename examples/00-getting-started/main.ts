// #region first-handler
import { InOrderConsumerFactory, json, optionsFromEnv, serve, Service } from '@millrace/kafka';

interface NewLink {
  readonly id: string;
  readonly url: string;
}

const factory = InOrderConsumerFactory.new({
  name: 'kafka_consumer.new_links', // kafka_consumer.{group_name}
  groupId: 'link_service.new_links', // {service_name}.{group_name}
  service: Service.new({ name: 'link_service' }),
  bootstrapServers: '127.0.0.1:9092',
  topics: ['new_links'],
  autoOffsetReset: 'earliest', // where a new group starts; the default is 'latest'
  deserialize: json<NewLink>(), // trusts the JSON; a schema would check it
  handler: (context, link, message) => {
    context.logger.info({ id: link.id, url: link.url, at: message.timestamp }, 'new link');
  },
  ...optionsFromEnv(process.env), // KAFKA_BOOTSTRAP_SERVERS, KAFKA_SASL_USERNAME, …
});

// Handles messages until SIGTERM or SIGINT, then finishes what runs, commits and leaves the group.
await serve(factory, { health: { port: Number(process.env['HEALTH_PORT'] ?? 8080) } });
// #endregion
