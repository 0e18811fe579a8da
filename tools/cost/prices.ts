import { awsPrices } from './aws-prices.ts';
import { azurePrices } from './azure-prices.ts';
import { gcpPrices } from './gcp-prices.ts';
import type { Price } from './price.ts';

/** When the sources were read last. Prices change: compare with the provider's own pages before deciding by them. */
export const reviewed = '2026-11-25';

/** The price lists by cloud. */
export const lists = { aws: awsPrices, azure: azurePrices, gcp: gcpPrices } as const;

export const cloudNames: { readonly [cloud in keyof typeof lists]: string } = { aws: 'AWS', azure: 'Azure', gcp: 'Google Cloud' };

/** Where the prices are of, which differ by region. */
export const regions = Object.entries(lists)
  .map(([cloud, { region }]) => `${cloudNames[cloud as keyof typeof lists]}: ${region}`)
  .join('; ');

export const prices = { ...awsPrices.prices, ...azurePrices.prices, ...gcpPrices.prices };
export const allowances = { ...awsPrices.allowances, ...azurePrices.allowances, ...gcpPrices.allowances };

/** What a provider charges for: a meter's name, `service.what`. */
export type Meter = keyof typeof prices;
export type Allowance = keyof typeof allowances;

export const priceOf = (meter: Meter): Price<Allowance> => prices[meter];
