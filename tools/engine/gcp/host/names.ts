/** A record of type A, its name with a dot at the end. */
export type AddressRecord = { readonly name: string; readonly addresses: readonly string[] };

/** Cloud DNS: the zones that are there before a stack, and the records in them. */
export type Names = {
  put(zone: string, record: AddressRecord): void;
  insert(zone: string, record: AddressRecord): void;
  remove(zone: string, name: string): void;
  has(zone: string, name: string): boolean;
  /** Where a host leads to. */
  addressOf(host: string): string | undefined;
};

/** `zones`: what each, by its name, is the zone of: `example.com.`. */
export const makeNames = (zones: Readonly<Record<string, string>>): Names => {
  const records = new Map<string, AddressRecord>();
  const keyOf = (zone: string, name: string): string => {
    const ending = zones[zone];
    if (ending === undefined) throw new Error(`Error 404: The 'parameters.managedZone' resource named '${zone}' does not exist., notFound`);
    if (name !== ending && !name.endsWith(`.${ending}`))
      throw new Error(`Error 400: Invalid value for 'entity.change.additions[0].name': '${name}'`);
    return name;
  };
  return {
    put: (zone, record) => void records.set(keyOf(zone, record.name), record),
    insert(zone, record) {
      const key = keyOf(zone, record.name);
      if (records.has(key)) throw new Error(`Error 409: The resource '${record.name} (A)' already exists, alreadyExists`);
      records.set(key, record);
    },
    remove: (zone, name) => void records.delete(keyOf(zone, name)),
    has: (zone, name) => records.has(keyOf(zone, name)),
    addressOf: (host) => records.get(`${host}.`)?.addresses[0],
  };
};
