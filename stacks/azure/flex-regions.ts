const patienceMillis = 10_000;

/** Of which `az functionapp list-flexconsumption-locations` makes its list. */
const urlOf = (subscriptionId: string): string =>
  `https://management.azure.com/subscriptions/${subscriptionId}/providers/Microsoft.Web/geoRegions?sku=FlexConsumption&api-version=2023-01-01`;

/**
 * The regions that Flex Consumption is in, by their names for people (`Germany West Central`). Nothing where Azure cannot be asked: who deploys
 * without a network, or may not look, is told by Azure itself when the app is made.
 */
export const flexRegions = async (
  subscriptionId: string,
  token: string | undefined,
  ask: typeof fetch = fetch,
): Promise<readonly string[] | undefined> => {
  if (token === undefined) return undefined;
  try {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await ask(urlOf(subscriptionId), { headers, signal: AbortSignal.timeout(patienceMillis) });
    if (!answer.ok) return undefined;
    const { value = [] } = (await answer.json()) as { readonly value?: readonly { readonly name: string }[] };
    return value.length === 0 ? undefined : value.map(({ name }) => name);
  } catch {
    return undefined;
  }
};
