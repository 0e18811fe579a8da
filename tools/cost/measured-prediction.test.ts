import { describe, expect, it, vi } from 'vitest';
import { powertoolsLog } from '../../functions/kernel/log.ts';
import { measurePrediction } from './measured-prediction.ts';

describe('a prediction, as the code that serves it was counted', async () => {
  const { request, events, logLines, logBytes, fold, responseBytes } = await measurePrediction();

  it('reads the key, its tenant and the endpoint, and puts one fact under a condition', () => {
    expect(request.calls).toEqual(['get', 'get', 'get', 'conditional-put']);
  });

  it('takes one unit for each read and one for the fact, which no index copies', () => {
    expect([request.reads, request.writes]).toEqual([3, 1]);
  });

  it('says nothing on the bus and one line in the log', () => {
    expect([events, logLines]).toEqual([0, 1]);
    expect(logBytes).toBeGreaterThan(150);
    expect(logBytes).toBeLessThan(500);
  });

  it('answers a little more than a kilobyte', () => {
    expect(responseBytes).toBeGreaterThan(1024);
    expect(responseBytes).toBeLessThan(2048);
  });

  it('leaves a fold that reads and puts one roll-up, whatever the number of facts in it', () => {
    expect([fold.calls, fold.reads, fold.writes]).toEqual([['get', 'conditional-put'], 1, 1]);
  });
});

describe('a line of the log', () => {
  it('is as long as the one that Powertools writes in Lambda', async () => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    process.env._X_AMZN_TRACE_ID = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0';
    const log = powertoolsLog('inference-predictions-function-1234567');
    log.calledAs('6f7b1c7e-5d38-4b1b-9d5a-2f8c6a1f0b11');
    const trace = '0af7651916cd43dd8448eb211c80319c';
    log.info('request', { tenant: 'acme', route: 'POST /v2/models/{endpoint}/infer', status: 200, duration_ms: 12.345, trace_id: trace });
    delete process.env._X_AMZN_TRACE_ID;
    spy.mockRestore();
    const { logBytes } = await measurePrediction();
    expect(logBytes).toBe(written.join('').length);
  });
});
