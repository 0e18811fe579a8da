import { describe, expect, it } from 'vitest';
import { type Graph, graphOf } from './graph.ts';
import { graphFor, named, ofType } from './graphs.ts';

const leading = (graph: Graph) =>
  ofType(graph, 'azure-native:dns:RecordSet')
    .filter(({ inputs }) => inputs.recordType !== 'TXT')
    .map(({ inputs: { recordType, relativeRecordSetName, cnameRecord, targetResource } }) => [
      recordType,
      relativeRecordSetName,
      cnameRecord ?? targetResource,
    ]);

describe('the name of prod on Azure', () => {
  it('leads to its Front Door by a CNAME, so that the certificate is renewed by itself', async () => {
    const graph = await graphFor('azure-prod');
    const { hostName: cname } = named(graph, 'edge-endpoint').outputs;
    expect(String(cname)).toMatch(/\.azurefd\.net$/);
    expect(leading(graph)).toEqual([['CNAME', 'ai', { cname }]]);
  });
  it('is an alias where it is the name of the zone itself, which can have no CNAME', async () => {
    const zone = String(named(await graphFor('azure-prod'), 'edge-domain').inputs.hostName);
    const dnsZoneId = `/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/dns/providers/Microsoft.Network/dnsZones/${zone}`;
    const graph = await graphOf('azure-prod', { config: { 'platform:dnsZoneId': dnsZoneId } });
    const { id } = named(graph, 'edge-endpoint').outputs;
    expect(leading(graph)).toEqual([
      ['A', '@', { id }],
      ['AAAA', '@', { id }],
    ]);
  });
});
