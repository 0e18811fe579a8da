import { openExport } from '../../domain/billing/focus-export.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import { handler } from '../kernel/handler.ts';
import type { billing } from './context.ts';

const mediaTypes = { csv: 'text/csv; charset=utf-8', parquet: 'application/vnd.apache.parquet' } as const;

export const getFocusExport = handler<typeof billing, 'GET /v1/exports/focus/{file}'>(
  async ({ params, principal }, { accounts, exports, exportWriter }) => {
    const opened = await openExport({ books: { accounts }, exports, exportWriter }, principal.tenant, params.file);
    if (isFailure(opened)) return opened;
    const headers = {
      'content-type': mediaTypes[opened.format],
      'content-length': String(opened.sizeBytes),
      'content-disposition': `attachment; filename="focus-${params.file}"`,
    };
    return { status: 200, headers, stream: opened.body, elsewhere: opened.url };
  },
);
