import { at, type Resource, type ResourceRule, textAt } from '../../rule.ts';

/** Whoever is in these may be anybody. */
const everybody = ['allUsers', 'allAuthenticatedUsers'];

/** Every kind of grant of one role to one member; the kinds that set whole lists are refused. */
const grants = /^gcp:.*(IAMMember|IamMember)$/;
const isGrant = ({ type }: Resource): boolean => grants.test(type);

const basicRoles = ['roles/owner', 'roles/editor', 'roles/viewer', 'roles/browser'];
/** Roles that a whole project is granted without a condition: rights that belong to no resource, and none to data. */
const ofProject = ['roles/eventarc.eventReceiver', 'roles/logging.logWriter', 'roles/artifactregistry.writer'];

const isAdministrative = (role: string): boolean => /(\.admin|Admin|\.owner|\.editor)$/.test(role);

export const ofGcpAccess: readonly ResourceRule[] = [
  {
    name: 'gcp-only-the-edge-is-public',
    describes: 'Nobody unknown may do anything but call the one function that forwards requests.',
    types: ['gcp:'],
    breaks: (resource) => {
      if (!isGrant(resource) || !everybody.includes(textAt(resource, 'member'))) return undefined;
      const isEdge = resource.name === 'edge-called-by-anybody' && textAt(resource, 'role') === 'roles/run.invoker';
      return isEdge ? undefined : `it lets ${textAt(resource, 'member')} in`;
    },
  },
  {
    name: 'gcp-bucket-is-private',
    describes: 'No access control list and no grant can make a bucket public.',
    types: ['gcp:storage/bucket:Bucket'],
    breaks: (bucket) => {
      if (at(bucket, 'uniformBucketLevelAccess') !== true) return 'each of its objects may have an access control list';
      return at(bucket, 'publicAccessPrevention') === 'enforced' ? undefined : 'it could be made public';
    },
  },
  {
    name: 'gcp-nothing-replaces-the-grants-of-others',
    describes:
      'Grants are added one by one: bindings and policies would take away those that others need, and nobody has keys that leave the cloud.',
    types: ['gcp:'],
    breaks: ({ type }) => {
      if (/(IAMBinding|IamBinding|IAMPolicy|IamPolicy|AccessControl|ACL)$/.test(type)) return 'it sets a whole list of who may do what';
      return type === 'gcp:serviceaccount/key:Key' ? 'it makes a key that can be copied' : undefined;
    },
  },
  {
    name: 'gcp-role-is-narrow',
    describes: 'No basic and no administrative role is granted, and a project’s data only one database at a time.',
    types: ['gcp:'],
    breaks: (grant) => {
      if (!isGrant(grant)) return undefined;
      const role = textAt(grant, 'role');
      if (basicRoles.includes(role) || isAdministrative(role)) return `it grants ${role}`;
      if (grant.type !== 'gcp:projects/iAMMember:IAMMember' || ofProject.includes(role)) return undefined;
      return textAt(grant, 'condition', 'expression').startsWith('resource.name == "projects/')
        ? undefined
        : `it grants ${role} on everything in the project`;
    },
  },
  {
    name: 'gcp-role-of-our-own-names-each-permission',
    describes: 'A role of the stack names each permission, and none that gives permissions away.',
    types: ['gcp:projects/iAMCustomRole:IAMCustomRole'],
    breaks: (role) => {
      const permissions = (at(role, 'permissions') ?? []) as readonly string[];
      const wide = permissions.find((one) => one.includes('*') || /(setIamPolicy|actAs)$/.test(one));
      return wide === undefined ? undefined : `it has ${wide}`;
    },
  },
  {
    name: 'gcp-network-wants-tls',
    describes: 'Clients speak TLS 1.2 or later with the load balancer, and through the firewall.',
    types: ['gcp:compute/'],
    breaks: (resource) => {
      switch (resource.type) {
        case 'gcp:compute/sSLPolicy:SSLPolicy':
          return textAt(resource, 'minTlsVersion') === 'TLS_1_2' ? undefined : 'it speaks an old TLS';
        case 'gcp:compute/targetHttpsProxy:TargetHttpsProxy':
          return textAt(resource, 'sslPolicy') === '' ? 'it speaks whatever a client speaks' : undefined;
        case 'gcp:compute/targetHttpProxy:TargetHttpProxy':
          return 'it speaks without TLS';
        case 'gcp:compute/backendService:BackendService':
          return textAt(resource, 'securityPolicy') === '' ? 'no firewall is before it' : undefined;
        default:
          return undefined;
      }
    },
  },
];
