/** What the server counts, for Prometheus. All of it is declared here; names carry their unit. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export class Metrics {
  readonly registry = new Registry();
  readonly requests = new Histogram({
    name: 'tamga_http_request_seconds',
    help: 'Time from a request to its answer, by route, method and status. A rising upper bucket with steady traffic: a slow disk or a busy processor.',
    labelNames: ['route', 'method', 'status'] as const,
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 10],
    registers: [this.registry],
  });
  readonly verdicts = new Counter({
    name: 'tamga_verdicts_total',
    help: 'Codes answered, by face (v1, stream, till) and answer (yes, no, unknown).',
    labelNames: ['face', 'allow'] as const,
    registers: [this.registry],
  });
  readonly events = new Counter({
    name: 'tamga_register_events_total',
    help: 'Events submitted to the register, by kind and whether they were applied, known already, or rejected.',
    labelNames: ['kind', 'result'] as const,
    registers: [this.registry],
  });
  readonly streams = new Gauge({
    name: 'tamga_stream_connections',
    help: 'WebSockets that are open now.',
    registers: [this.registry],
  });
  readonly scans = new Counter({
    name: 'tamga_stream_scans_total',
    help: 'Scans received over WebSockets, repetitions after a reconnect not counted twice.',
    registers: [this.registry],
  });
  readonly upstream = new Counter({
    name: 'tamga_upstream_requests_total',
    help: 'Questions to the national API, by result (answered, emergency, refused, timeout, unavailable).',
    labelNames: ['result'] as const,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
