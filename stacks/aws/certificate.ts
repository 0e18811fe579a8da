import { Certificate as AcmCertificate, type CertificateArgs as AcmCertificateArgs } from '@pulumi/aws/acm/certificate.js';
import { CertificateValidation, type CertificateValidationArgs } from '@pulumi/aws/acm/certificateValidation.js';
import { Record as DnsRecord, type RecordArgs } from '@pulumi/aws/route53/record.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { type TransformEach, transformed } from './component.ts';

export type CertificateArgs = {
  readonly domain: string;
  readonly hostedZoneId: string;
  /** Where it is used: CloudFront takes certificates of us-east-1 only. */
  readonly region: Input<string>;
  readonly transform?:
    | TransformEach<{ certificate: AcmCertificateArgs; proof: RecordArgs; validation: CertificateValidationArgs }>
    | undefined;
};

/** What ACM asks for; absent where nothing real stands behind the provider. */
type Proof = { readonly resourceRecordName: string; readonly resourceRecordType: string; readonly resourceRecordValue: string };

/** A certificate for one domain, proven by a record in its zone and renewed by AWS as long as that stays. */
export class Certificate extends ComponentResource {
  /** Of the certificate once it is valid. */
  readonly arn: Output<string>;

  constructor(name: string, { domain, hostedZoneId, region, transform = {} }: CertificateArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Certificate', name, {}, options);
    const within = { parent: this };
    const made: AcmCertificateArgs = { domainName: domain, validationMethod: 'DNS', region };
    const certificate = new AcmCertificate(`${name}-certificate`, transformed(made, transform.certificate), within);
    const proof = certificate.domainValidationOptions.apply((all: readonly Proof[] | undefined) => ({
      name: all?.[0]?.resourceRecordName ?? '',
      type: all?.[0]?.resourceRecordType ?? 'CNAME',
      value: all?.[0]?.resourceRecordValue ?? '',
    }));
    const { name: proofName, type, value } = proof;
    const proving: RecordArgs = { zoneId: hostedZoneId, name: proofName, type, ttl: 300, records: [value], allowOverwrite: true };
    const record = new DnsRecord(`${name}-proof`, transformed(proving, transform.proof), within);
    const awaited: CertificateValidationArgs = { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn], region };
    const valid = new CertificateValidation(`${name}-validation`, transformed(awaited, transform.validation), within);
    this.arn = valid.certificateArn;
    this.registerOutputs({ arn: this.arn });
  }
}
