// A set of ids that this browser keeps for the page at this address, or for those whose canvas says [data-kept].
export function kept(name) {
  const store = `recette.${name}.${document.getElementById("canvas")?.dataset.kept ?? location.pathname}`;
  const ids = new Set((localStorage.getItem(store) ?? "").split(",").filter(Boolean));
  const left = new Set();
  return {
    has: (id) => ids.has(id) && !left.has(id),
    leave: (id) => left.add(id), // out on this visit, whatever is kept
    put(id, inside) {
      left.delete(id);
      if (ids.has(id) === inside) return;
      if (inside) ids.add(id);
      else ids.delete(id);
      if (ids.size) localStorage.setItem(store, [...ids]);
      else localStorage.removeItem(store);
    },
  };
}
