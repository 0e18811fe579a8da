import type { ObjectBody } from '../../domain/kernel/object-store.ts';
import type { Answer, HttpRequest } from '../kernel/handler.ts';
import { type GatewayPorts, throughGateway } from './object-gateway.ts';

type Upload = HttpRequest<{ readonly [name: string]: string }, unknown, ObjectBody>;

export const putObject = ({ url, headers, body }: Upload, ports: GatewayPorts): Promise<Answer> =>
  throughGateway('PUT', { url, headers, body: body as BodyInit }, ports);
