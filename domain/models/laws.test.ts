import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decider, type DomainEvent, replay } from '../kernel/decider.ts';
import { type Failure, isFailure } from '../kernel/failure.ts';
import { type AliasCommand, type AliasEvent, alias, aliasesAfter } from './alias.ts';
import { type DeploymentCommand, type DeploymentEvent, deployment } from './deployment.ts';
import { type ModelCommand, model } from './model.ts';
import { modelVersion, type VersionCommand } from './version.ts';

const at = '2026-01-01T00:00:00.000Z';
const number = fc.constantFrom('1', '2', '3');
const release = number.map((version) => ({
  version,
  artifact: version,
  digest: version,
  sizeBytes: 1,
  signature: { inputs: [], outputs: [] },
}));
const generation = fc.integer({ min: 1, max: 6 });
const current = fc.record({ release, revision: fc.integer({ min: 1, max: 6 }) });
const follows = fc.option(fc.record({ alias: fc.constantFrom('champion', 'shadow'), revision: fc.integer({ min: 1, max: 6 }) }));
const common = { endpoint: fc.constant('reader'), at: fc.constant(at) };

const modelCommands: fc.Arbitrary<ModelCommand> = fc.oneof(
  fc.constant<ModelCommand>({ type: 'create', model: 'digits', description: '', at, by: 'ada' }),
  fc.constantFrom('begin-deletion', 'cancel-deletion', 'complete-deletion').map((type): ModelCommand => ({ type, model: 'digits' })),
);
const versionCommands: fc.Arbitrary<VersionCommand> = fc.oneof(
  release.map(
    (r): VersionCommand => ({ type: 'register', ...r, version: '1', model: 'digits', reference: 'r', createdAt: at, createdBy: 'ada' }),
  ),
  fc
    .constantFrom('begin-deletion', 'cancel-deletion', 'complete-deletion')
    .map((type): VersionCommand => ({ type, model: 'digits', version: '1' })),
);
const aliasCommands: fc.Arbitrary<AliasCommand> = fc.oneof(
  number.map((version): AliasCommand => ({ type: 'assign', model: 'digits', alias: 'champion', version })),
  fc.constant<AliasCommand>({ type: 'remove', model: 'digits', alias: 'champion' }),
);
const deploymentCommands: fc.Arbitrary<DeploymentCommand> = fc.oneof(
  fc.record({ type: fc.constant('request' as const), ...common, model: fc.constantFrom('digits', 'letters'), release, follows }),
  fc.record({ type: fc.constant('follow' as const), ...common, model: fc.constant('digits'), alias: fc.constant('champion'), current }),
  fc.record({ type: fc.constant('ready' as const), ...common, generation, current }),
  fc.record({ type: fc.constant('fail' as const), ...common, generation, reason: fc.string(), current }),
  fc.record({ type: fc.constant('remove' as const), endpoint: common.endpoint }),
);

/** What came of a run of commands: all events, and each step's state before and after. */
const run = <S, C, E extends DomainEvent, F extends Failure>(decider: Decider<S, C, E, F>, commands: readonly C[]) => {
  const events: E[] = [];
  const steps: { readonly command: C; readonly outcome: readonly E[] | F; readonly before: S; readonly after: S }[] = [];
  let state = decider.initial;
  for (const command of commands) {
    const before = state;
    const outcome = decider.decide(command, before);
    if (!isFailure(outcome)) events.push(...(outcome as readonly E[]));
    state = isFailure(outcome) ? before : replay({ ...decider, initial: before }, outcome as readonly E[]);
    steps.push({ command, outcome, before, after: state });
  }
  return { events, steps, state };
};

const settles = <S, C extends { readonly type: string }, E extends DomainEvent, F extends Failure>(
  decider: Decider<S, C, E, F>,
  commands: fc.Arbitrary<C>,
  repeatable: readonly C['type'][],
): void =>
  fc.assert(
    fc.property(fc.array(commands, { maxLength: 30 }), (list) => {
      const { events, steps, state } = run(decider, list);
      expect(replay(decider, events)).toEqual(state);
      for (const { command, outcome, after } of steps)
        if (!isFailure(outcome) && repeatable.includes(command.type)) expect(decider.decide(command, after)).toEqual([]);
    }),
  );

describe('every aggregate folds its events to its state, and a command that may be repeated says nothing the second time', () => {
  it('model', () => settles(model, modelCommands, ['begin-deletion', 'cancel-deletion', 'complete-deletion']));
  it('version', () => settles(modelVersion, versionCommands, ['begin-deletion', 'cancel-deletion', 'complete-deletion']));
  it('alias', () => settles(alias, aliasCommands, ['assign']));
  it('deployment', () => settles(deployment, deploymentCommands, ['request', 'follow', 'ready', 'fail']));
});

describe('a deployment, whatever happens', () => {
  const past = fc.array(deploymentCommands, { maxLength: 40 }).map((commands) => run(deployment, commands));
  const counted = (event: DeploymentEvent) => event.type === 'deployment-requested' || event.type === 'endpoint-removed';

  it('counts each request and each removal as one generation more', () =>
    fc.assert(
      fc.property(past, ({ events }) => {
        const generations = events.filter(counted).map((event) => event.generation);
        expect(generations).toEqual(generations.map((_, index) => index + 1));
      }),
    ));

  it('serves only what was deployed since it was last removed', () =>
    fc.assert(
      fc.property(past, ({ events, state }) => {
        const since = events.slice(events.findLastIndex(({ type }) => type === 'endpoint-removed') + 1);
        const last = since.findLast((event) => event.type === 'model-deployed');
        const expected = last?.type === 'model-deployed' ? { model: last.model, version: last.version } : null;
        expect(state.status === 'absent' ? null : state.serving).toEqual(expected);
      }),
    ));
});

describe('the history of aliases', () => {
  const moves = fc.array(
    fc.record({
      type: fc.constantFrom('alias-assigned' as const, 'alias-removed' as const),
      model: fc.constant('digits'),
      alias: fc.constantFrom('champion', 'shadow', 'next'),
      version: number,
    }),
  );

  it('says after any prefix what each alias would say of its own events', () =>
    fc.assert(
      fc.property(moves, fc.nat(), (events: readonly AliasEvent[], cut) => {
        const prefix = events.slice(0, cut % (events.length + 1));
        const own = (name: string) =>
          replay(
            alias,
            prefix.filter((event) => event.alias === name),
          ).version;
        const expected = ['champion', 'shadow', 'next'].flatMap((name) => (own(name) === null ? [] : [[name, own(name)]]));
        expect(aliasesAfter(prefix)).toEqual(Object.fromEntries(expected));
      }),
    ));
});
