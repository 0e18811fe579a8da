import type { Decider } from '../kernel/decider.ts';
import type { Aggregate, StreamId } from '../kernel/event-store.ts';
import type { ModelRef, Signature } from '../kernel/model-host.ts';
import type { TenantId } from '../kernel/tenancy.ts';

/** One deployment as it was requested: which version of which model, and where its bytes are. Generations of an endpoint only rise. */
export type Deployment = {
  readonly endpoint: string;
  readonly generation: number;
  readonly model: string;
  readonly version: string;
  readonly artifact: string;
  readonly sizeBytes: number;
  readonly signature: Signature;
};

/** What answers at an endpoint: the last deployment that became ready. A newer one that failed changes nothing here. */
export type Endpoint = { readonly generation: number; readonly serving: Deployment | null };

export type EndpointCommand =
  | { readonly type: 'ready'; readonly deployment: Deployment }
  | { readonly type: 'fail'; readonly deployment: Deployment; readonly reason: string }
  | { readonly type: 'stop'; readonly endpoint: string; readonly generation: number };

export type EndpointEvent =
  | ({ readonly type: 'endpoint-ready' } & Deployment)
  | {
      readonly type: 'endpoint-failed';
      readonly endpoint: string;
      readonly generation: number;
      readonly version: string;
      readonly reason: string;
    }
  | { readonly type: 'endpoint-stopped'; readonly endpoint: string; readonly generation: number };

/** An older generation than the last one heard of says nothing: deliveries may come late and twice. */
export const endpoint: Decider<Endpoint, EndpointCommand, EndpointEvent> = {
  initial: { generation: 0, serving: null },
  decide(command, state) {
    const generation = command.type === 'stop' ? command.generation : command.deployment.generation;
    if (generation <= state.generation) return [];
    switch (command.type) {
      case 'ready':
        return [{ type: 'endpoint-ready', ...command.deployment }];
      case 'fail': {
        const { endpoint: name, version } = command.deployment;
        return [{ type: 'endpoint-failed', endpoint: name, generation, version, reason: command.reason }];
      }
      case 'stop':
        return [{ type: 'endpoint-stopped', endpoint: command.endpoint, generation }];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'endpoint-ready': {
        const { type: _, ...deployment } = event;
        return { generation: event.generation, serving: deployment };
      }
      case 'endpoint-failed':
        return { ...state, generation: event.generation };
      case 'endpoint-stopped':
        return { generation: event.generation, serving: null };
    }
  },
};

export const endpointStream = (tenant: TenantId, name: string): StreamId => ({ tenant, partition: `endpoint#${name}`, stream: 'endpoint' });
export const endpoints: Aggregate<Endpoint, EndpointCommand, EndpointEvent> = { decider: endpoint };

/** How the model host knows a deployment: answers name the endpoint as their model. */
export const modelRef = ({ artifact, sizeBytes, signature, endpoint: name, version }: Deployment): ModelRef => ({
  artifact,
  sizeBytes,
  signature,
  name,
  version,
});
