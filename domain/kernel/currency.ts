/**
 * Active currencies of ISO 4217 (list one, amendment 180) by their number of minor-unit digits. The runtime's own table (`Intl`) follows CLDR,
 * which rounds some of them to whole units (IQD, IRR, LBP …) and so cannot price an invoice. Codes without a minor unit (gold, test codes) are left out.
 */
const digits: { readonly [digits: number]: string } = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK
    DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD
    LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR
    SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const minorUnits: ReadonlyMap<string, number> = new Map(
  Object.entries(digits).flatMap(([count, codes]) => codes.split(/\s+/).map((code): [string, number] => [code, Number(count)])),
);

/** Digits after the decimal point of a currency's smallest amount: JPY 0, USD 2, KWD 3; `undefined` where ISO 4217 has no such code. */
export const minorUnitDigits = (currency: string): number | undefined => minorUnits.get(currency);
