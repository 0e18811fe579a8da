// Runs in Lambda as it is: the client is part of the runtime there.
import { LambdaClient, UpdateAliasCommand } from '@aws-sdk/client-lambda';

/** Leads all requests of the function that an alarm is about back to the version that was stable. `STABLE_VERSIONS` is a JSON object by function. */
export const rollBack = async (event, stableVersions, send) => {
  const dimensions = event.alarmData.configuration.metrics.flatMap(({ metricStat }) => metricStat?.metric.dimensions ?? {});
  const name = dimensions.map(({ FunctionName }) => FunctionName).find((found) => stableVersions[found] !== undefined);
  if (event.alarmData.state.value !== 'ALARM' || name === undefined) return;
  await send({ FunctionName: name, Name: 'live', FunctionVersion: stableVersions[name], RoutingConfig: { AdditionalVersionWeights: {} } });
  console.log(JSON.stringify({ level: 'WARN', message: 'rolled back', function: name, version: stableVersions[name] }));
};

const client = new LambdaClient({});

export const handler = (event) =>
  rollBack(event, JSON.parse(process.env.STABLE_VERSIONS ?? '{}'), (input) => client.send(new UpdateAliasCommand(input)));
