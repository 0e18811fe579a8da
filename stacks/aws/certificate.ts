import { Certificate as AcmCertificate } from '@pulumi/aws/acm/certificate.js';
import { CertificateValidation } from '@pulumi/aws/acm/certificateValidation.js';
import { Record as DnsRecord } from '@pulumi/aws/route53/record.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';

export type CertificateArgs = {
  readonly domain: string;
  readonly hostedZoneId: string;
  /** Where it is used: CloudFront takes certificates of us-east-1 only. */
  readonly region: Input<string>;
};

/** A certificate for one domain, proven by a record in its zone and renewed by AWS as long as that stays. */
export class Certificate extends ComponentResource {
  /** Of the certificate once it is valid. */
  readonly arn: Output<string>;

  constructor(name: string, { domain, hostedZoneId, region }: CertificateArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Certificate', name, {}, options);
    const within = { parent: this };
    const certificate = new AcmCertificate(`${name}-certificate`, { domainName: domain, validationMethod: 'DNS', region }, within);
    const proof = certificate.domainValidationOptions.apply(([first]) => ({
      name: first?.resourceRecordName ?? '',
      type: first?.resourceRecordType ?? 'CNAME',
      value: first?.resourceRecordValue ?? '',
    }));
    const record = new DnsRecord(
      `${name}-proof`,
      { zoneId: hostedZoneId, name: proof.name, type: proof.type, ttl: 300, records: [proof.value], allowOverwrite: true },
      within,
    );
    const valid = new CertificateValidation(
      `${name}-validation`,
      { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn], region },
      within,
    );
    this.arn = valid.certificateArn;
    this.registerOutputs({ arn: this.arn });
  }
}
