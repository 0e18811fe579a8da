import { at, type Resource, type ResourceRule, textAt } from '../../rule.ts';
import { copiesOfZips, harmlessPermission, isAccountOf, isOfItsAgent, narrowRoles, on, oneDatabase } from './roles.ts';

/** Whoever is in these may be anybody. */
const everybody = ['allUsers', 'allAuthenticatedUsers'];

/** Every kind of grant of one role to one member; the kinds that set whole lists are refused. */
const grants = /^gcp:.*(IAMMember|IamMember)$/;
const isGrant = ({ type }: Resource): boolean => grants.test(type);

/** The project that a stack is told to be in; empty where that is not known. */
const projectOf = ({ provider = {} }: Resource): string => (typeof provider.project === 'string' ? provider.project : '');

/** A role that a project of ours defines; not known yet where it is still to be made. */
const isOwn = (role: string): boolean => role === '' || /^projects\/[^/]+\/roles\/[^/]+$/.test(role);

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
    name: 'gcp-grant-is-to-an-account-of-the-project',
    describes:
      'Roles are granted to accounts of the stack’s project and of Google’s own services: to no person, group, domain or other project.',
    types: ['gcp:'],
    breaks: (grant) => {
      const member = textAt(grant, 'member');
      // In a preview it may not be known yet; who is everybody, another rule says.
      if (!isGrant(grant) || member === '' || everybody.includes(member)) return undefined;
      return isAccountOf(projectOf(grant), member) ? undefined : `it is for ${member}`;
    },
  },
  {
    name: 'gcp-role-is-narrow',
    describes:
      'Of Google’s roles only the narrow ones are granted, each on one resource, and a project’s data only one database at a time.',
    types: ['gcp:'],
    breaks: (grant) => {
      const role = textAt(grant, 'role');
      if (!isGrant(grant) || narrowRoles[role] === grant.type) return undefined;
      const expression = textAt(grant, 'condition', 'expression');
      if (grant.type === on.project && isOfItsAgent(role, textAt(grant, 'member'))) return undefined;
      if (grant.type === on.project && role === 'roles/storage.objectViewer' && copiesOfZips.test(expression)) return undefined;
      if (!isOwn(role)) return `it grants ${role}`;
      if (grant.type !== on.project || oneDatabase.test(expression)) return undefined;
      return `it grants ${role || 'a role'} on everything in the project`;
    },
  },
  {
    name: 'gcp-nobody-signs-as-another',
    describes: 'A role of the stack’s own is granted on an account only to that account itself.',
    types: [on.account],
    breaks: (grant) => {
      const [member, account] = [textAt(grant, 'member'), textAt(grant, 'serviceAccountId')];
      if (member === '' || account === '' || !isOwn(textAt(grant, 'role'))) return undefined;
      return account.endsWith(`/${member.replace('serviceAccount:', '')}`) ? undefined : `it lets ${member} be ${account}`;
    },
  },
  {
    name: 'gcp-role-of-our-own-names-each-permission',
    describes: 'A role of the stack names each permission, all of them to work with data or to sign a URL: none gives anything away.',
    types: ['gcp:projects/iAMCustomRole:IAMCustomRole'],
    breaks: (role) => {
      const permissions = (at(role, 'permissions') ?? []) as readonly string[];
      const wide = permissions.find((one) => !harmlessPermission.test(one));
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
