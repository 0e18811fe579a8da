/** An app as Fetch has it. */
export type FetchApp = (request: Request) => Response | Promise<Response>;
