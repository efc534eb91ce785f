// A set of ids that this browser keeps for the page at this address.
export function kept(name) {
  const store = `recette.${name}.${location.pathname}`;
  const ids = new Set((localStorage.getItem(store) ?? "").split(",").filter(Boolean));
  return {
    has: (id) => ids.has(id),
    put(id, inside) {
      if (ids.has(id) === inside) return;
      if (inside) ids.add(id);
      else ids.delete(id);
      if (ids.size) localStorage.setItem(store, [...ids]);
      else localStorage.removeItem(store);
    },
  };
}
