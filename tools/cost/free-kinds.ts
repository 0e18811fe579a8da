import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { azureFree, azureTypes } from './azure-kinds.ts';
import { gcpFree, gcpTypes } from './gcp-kinds.ts';
import { type Graph, types } from './graph.ts';

/** Kinds that cost nothing by being there: permissions, wiring, and what is paid by use elsewhere in the list. */
const free: readonly RegExp[] = [
  /^(hybrid|pulumi|random|std):/,
  /^aws:iam\//,
  /^aws:lambda\/(alias|permission|functionEventInvokeConfig|layerVersion|invocation):/,
  /^aws:apigatewayv2\/(api|integration|route|domainName|apiMapping):/,
  /^aws:cloudwatch\/(eventBus|eventTarget|eventBusPolicy|logResourcePolicy):/,
  /^aws:sqs\/(queuePolicy|redrivePolicy|redriveAllowPolicy):/,
  /^aws:scheduler\/scheduleGroup:/,
  /^aws:s3\//,
  /^aws:secretsmanager\/(secretVersion|secretPolicy):/,
  /^aws:kms\/(alias|keyPolicy|grant):/,
  /^aws:sns\//,
  /^aws:dynamodb\/(resourcePolicy|tableItem):/,
  /^aws:(athena|glue)\//,
  /^aws:acm\/certificate/,
  /^aws:route53\/record:/,
  /^aws:wafv2\/(webAclAssociation|ipSet):/,
  /^aws:cloudfront\/(cachePolicy|originRequestPolicy|responseHeadersPolicy|originAccessControl|function):/,
  /^aws:codedeploy\//,
  /^aws:resourcegroups\//,
  ...azureFree,
  ...gcpFree,
];

const priced: ReadonlySet<string> = new Set([...Object.values(types), ...Object.values(azureTypes), ...Object.values(gcpTypes)]);

/** Throws `Rejected` `unknown-price` for a kind that nobody has looked up: a bill with a gap is worse than none. */
export const assertPriced = (graph: Graph): void => {
  const unknown = [...new Set(graph.map(({ type }) => type))].filter(
    (type) => !priced.has(type) && !free.some((pattern) => pattern.test(type)),
  );
  if (unknown.length === 0) return;
  throw new Rejected(
    failed(
      'invalid',
      'unknown-price',
      `The price list does not know ${unknown.join(', ')}: add what it costs to the price list of its cloud, or to free-kinds.ts that it costs nothing.`,
    ),
  );
};
