import type { Answer, HttpRequest } from '../kernel/handler.ts';
import { type GatewayPorts, throughGateway } from './object-gateway.ts';

export const getObject = ({ url, headers }: HttpRequest, ports: GatewayPorts): Promise<Answer> =>
  throughGateway('GET', { url, headers }, ports);
