// The one place where core's public types meet OpenTelemetry's; only this folder may import it.
export type { MeterProvider, Span, TracerProvider } from '@opentelemetry/api';
