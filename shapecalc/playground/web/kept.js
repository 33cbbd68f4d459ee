// What the browser keeps for the next visit; nothing where it keeps nothing, as in private windows.
export const kept = {
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // the page works without
    }
  },
};
