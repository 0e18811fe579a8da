/** Run by `store.test.ts`: opens the store in the folder it is given and puts items until it is killed, printing the number of each once it is acknowledged. */

import { systemClock } from '../system/system-clock.ts';
import { openStore } from './store.ts';

const table = openStore(process.argv[2] ?? '', { clock: systemClock }).table('things', {
  changes: true,
  indexes: { all: { partition: 'group', sort: 'sk' } },
});
console.log('open');
const put = async (writer: number) => {
  for (let n = 0; ; n++) {
    const sk = `${writer}-${n}`;
    await table.transact('acme#things', [
      { type: 'put', item: { pk: 'acme#things', sk, group: 'all' }, if: 'absent' },
      { type: 'put', item: { pk: 'acme#things', sk: `${sk}-twin` }, if: 'absent' },
    ]);
    process.stdout.write(`${sk}\n`);
  }
};
await Promise.all([1, 2, 3, 4].map(put));
