import { describe, expect, it } from 'vitest';
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
    expect(logBytes).toBeLessThan(400);
  });

  it('answers a little more than a kilobyte', () => {
    expect(responseBytes).toBeGreaterThan(1024);
    expect(responseBytes).toBeLessThan(2048);
  });

  it('leaves a fold that reads and puts one roll-up, whatever the number of facts in it', () => {
    expect([fold.calls, fold.reads, fold.writes]).toEqual([['get', 'conditional-put'], 1, 1]);
  });
});
