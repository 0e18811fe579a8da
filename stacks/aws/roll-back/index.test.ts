import { describe, expect, it } from 'vitest';
import { type AlarmEvent, type AliasUpdate, rollBack } from './index.mjs';

const alarm = (state: string, functionName: string): AlarmEvent => ({
  alarmData: {
    state: { value: state },
    configuration: {
      metrics: [
        { metricStat: { metric: { dimensions: { FunctionName: functionName, ExecutedVersion: '8', Resource: `${functionName}:live` } } } },
      ],
    },
  },
});

const sentBy = async (event: AlarmEvent): Promise<readonly AliasUpdate[]> => {
  const sent: AliasUpdate[] = [];
  await rollBack(event, { 'models-http-function-1234567': '7' }, async (input) => sent.push(input));
  return sent;
};

describe('an alarm about a new version', () => {
  it('leads all requests back to the stable one', async () =>
    expect(await sentBy(alarm('ALARM', 'models-http-function-1234567'))).toEqual([
      {
        FunctionName: 'models-http-function-1234567',
        Name: 'live',
        FunctionVersion: '7',
        RoutingConfig: { AdditionalVersionWeights: {} },
      },
    ]));
  it('does nothing once it is over', async () => expect(await sentBy(alarm('OK', 'models-http-function-1234567'))).toEqual([]));
  it('does nothing about a function that is not rolled out', async () => expect(await sentBy(alarm('ALARM', 'another'))).toEqual([]));
});
