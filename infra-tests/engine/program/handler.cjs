// Runs in the emulator's Lambda, which brings a stand-in for the vendor's clients.
const { DynamoDBClient, PutItemCommand, GetItemCommand, DeleteItemCommand } = require('@aws-sdk/client-dynamodb');
const { EventBridgeClient, PutEventsCommand } = require('@aws-sdk/client-eventbridge');

const dynamodb = new DynamoDBClient({});
const events = new EventBridgeClient({});
const { TABLE, OTHER, BUS } = process.env;

const put = (sk, kind, TableName = TABLE) =>
  dynamodb.send(new PutItemCommand({ TableName, Item: { pk: { S: 'order' }, sk: { S: sk }, status: { S: 'new' }, kind: { S: kind } } }));
const get = (sk) => dynamodb.send(new GetItemCommand({ TableName: TABLE, Key: { pk: { S: 'order' }, sk: { S: sk } } }));
const remove = (sk) => dynamodb.send(new DeleteItemCommand({ TableName: TABLE, Key: { pk: { S: 'order' }, sk: { S: sk } } }));
const publish = (sk) =>
  events.send(
    new PutEventsCommand({
      Entries: [{ EventBusName: BUS, Source: 'orders', DetailType: 'order-placed', Detail: JSON.stringify({ sk }) }],
    }),
  );

const routes = {
  'POST /orders': async (sk) => ({ ...(await put(sk, 'order')), sk }),
  'GET /orders': async (sk) => (await get(sk)).Item ?? null,
  // Neither the verb nor the other table is granted.
  'DELETE /orders': remove,
  'POST /other': (sk) => put(sk, 'order', OTHER),
};

const answer = async ({ requestContext: { http }, rawPath }) => {
  const [, resource, sk] = rawPath.split('/');
  const route = routes[`${http.method} /${resource}`];
  if (route === undefined) return { statusCode: 404, body: rawPath };
  try {
    return { statusCode: 200, body: JSON.stringify(await route(sk)) };
  } catch (error) {
    return { statusCode: 403, body: `${error.name}: ${error.message}` };
  }
};

/** HTTP writes; the change stream publishes; the subscriber notes that it heard. */
exports.handler = async (event) => {
  if (event.requestContext?.http) return answer(event);
  for (const { eventSource, dynamodb: change, body } of event.Records ?? []) {
    if (eventSource === 'aws:dynamodb') await publish(change.NewImage.sk.S);
    else await put(`${JSON.parse(body).detail.sk}-heard`, 'note');
  }
  return { batchItemFailures: [] };
};
